"""Imports that a short-lived process does without.

Belongs here: saying that a package is not installed. Does not belong here: any import of a package.
"""

import sys
from importlib.abc import MetaPathFinder


def without(*packages: str) -> None:
    """Have these packages, which others import where they are installed, not be found."""
    sys.meta_path.insert(0, _Without(packages))


class _Without(MetaPathFinder):
    def __init__(self, packages: tuple[str, ...]) -> None:
        self._packages = packages

    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname in self._packages:
            raise ModuleNotFoundError(fullname)
