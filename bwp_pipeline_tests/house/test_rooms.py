"""The map in CONTRIBUTING.md is the package: the same rooms, in the order of its imports."""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "bwp_pipeline"
TESTS = ROOT / "bwp_pipeline_tests"
SHARED_BY_TESTS = {"servers", "examples"}
KNOWS_DAGSTER = {"defs", "definitions.py", "commands"}


def test_the_map_names_every_room_and_no_other() -> None:
    rooms = {
        path.name
        for path in PACKAGE.iterdir()
        if (path.is_dir() and path.name != "__pycache__") or path.suffix == ".py"
    }
    assert sorted(map_of_rooms()) == sorted(rooms - {"__init__.py"})


def test_a_room_imports_from_rooms_above_it_only() -> None:
    order = map_of_rooms()
    upward = {
        f"{path.relative_to(ROOT)} imports {other}"
        for path, room, module in imports()
        if module.startswith("bwp_pipeline.")
        and (other := room_named(module)) not in {room, "__init__.py"}
        and order.index(other) > order.index(room)
    }
    assert upward == set()


def test_inside_a_room_no_two_import_each_other() -> None:
    inside: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for path, room, module in imports():
        parts = module.split(".")
        if parts[:2] == ["bwp_pipeline", room] and parts[2:]:
            importing = path.relative_to(PACKAGE / room).parts[0].removesuffix(".py")
            inside[room][importing].add(parts[2])
    assert {"api", "archive", "reports"} < inside.keys()
    for imported in inside.values():
        others = {one: these - {one} for one, these in imported.items() if one != "__init__"}
        TopologicalSorter(others).prepare()  # raises CycleError, which names the circle


def test_dagster_is_known_to_few_rooms() -> None:
    found = {room for _, room, module in imports() if re.match(r"dagster(_|\.|$)", module)}
    assert found <= KNOWS_DAGSTER


def test_what_tests_share_lies_in_no_test_file() -> None:
    shared = {
        f"{path.name} imports {module}"
        for path, module in imports_under(TESTS)
        if re.match(r"bwp_pipeline_tests\.(\w+\.)*test_", module)
    }
    assert shared == set()


def test_a_test_file_is_known_by_its_name_whatever_its_room() -> None:
    names = Counter(path.name for path in TESTS.rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []


def test_rooms_of_tests_share_servers_and_examples_alone() -> None:
    found = {
        (path.relative_to(TESTS).parts[0], module.split(".")[1])
        for path, module in imports_under(TESTS)
        if module.startswith("bwp_pipeline_tests.")
    }
    assert ("lake", "servers") in found
    others = {(room, other) for room, other in found if room not in {other, "long"}}
    assert {(room, other) for room, other in others if other not in SHARED_BY_TESTS} == set()
    assert ("servers", "examples") not in others


def map_of_rooms() -> list[str]:
    """The rooms of CONTRIBUTING.md's first table, from above, as names in the package."""
    section = (ROOT / "CONTRIBUTING.md").read_text().partition("## The house")[2]
    table = section.partition("|---|---|\n")[2].partition("\n\n")[0]
    cells = [row.split("|")[1] for row in table.splitlines()]
    return [name.rstrip("/") for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


def imports() -> Iterator[tuple[Path, str, str]]:
    """File, room and imported module of every import, wherever in its file it stands."""
    for path, module in imports_under(PACKAGE):
        yield path, path.relative_to(PACKAGE).parts[0], module


def imports_under(directory: Path) -> Iterator[tuple[Path, str]]:
    for path in directory.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                yield from ((path, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module is not None:
                yield path, node.module
                names = (f"{node.module}.{alias.name}" for alias in node.names)
                yield from ((path, name) for name in names if is_module(name))


def is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").exists()


def room_named(module: str) -> str:
    name = module.split(".")[1]
    return name if (PACKAGE / name).is_dir() else f"{name}.py"
