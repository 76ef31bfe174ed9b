"""Every package that the pipeline imports is one that it declares."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Imported for their types alone, in the development environment.
ONLY_TYPES = {"mypy_boto3_s3"}


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = project["optional-dependencies"]
    needed = [*project["dependencies"], *(one for name in optional for one in optional[name])]
    return {as_named(re.split(r"[\[<>=~; ]", one, maxsplit=1)[0]) for one in needed if one}


def as_named(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def imported(room: str) -> set[str]:
    found: set[str] = set()
    for path in (ROOT / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - ONLY_TYPES - {"bwp_pipeline"}


def test_every_imported_package_is_declared() -> None:
    distributions = packages_distributions()
    known = declared()
    undeclared = {
        module
        for module in imported("bwp_pipeline")
        if known.isdisjoint(as_named(one) for one in distributions.get(module, [module]))
    }
    assert undeclared == set()
