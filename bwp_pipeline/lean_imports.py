"""Imports that a short-lived process can skip.

Belongs here: saying that a package is not installed. Does not belong here: any import of a package.
Nor does it belong into a room, whose own imports would come first.
"""

import sys
from importlib.abc import MetaPathFinder


def without(*packages: str) -> None:
    """Hide these packages, which other packages import when they are installed."""
    sys.meta_path.insert(0, _Without(packages))


class _Without(MetaPathFinder):
    def __init__(self, packages: tuple[str, ...]) -> None:
        self._packages = packages

    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname in self._packages:
            raise ModuleNotFoundError(fullname)
