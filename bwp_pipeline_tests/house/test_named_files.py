"""Files and modules that documents name are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FOLDERS = {"bwp_pipeline", "bwp_pipeline_tests", "benchmarks", "dbt_project", "deploy", "docs"}
MADE = {"target", "__pycache__"}
SOURCE = re.compile(r"[\w./-]+\.(?:py|sql|toml)")
MODULE = re.compile(r"(?:bwp_pipeline|bwp_pipeline_tests|benchmarks)(?:\.\w+)+")
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")

FILES = [
    path.relative_to(ROOT).as_posix()
    for folder in FOLDERS
    for path in (ROOT / folder).rglob("*")
    if not MADE.intersection(path.parts)
] + [path.name for path in ROOT.iterdir()]


def is_there(name: str) -> bool:
    """As a path from the project's root, or the end of one."""
    name = name.rstrip("/")
    return any(file == name or file.endswith(f"/{name}") for file in FILES)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_document_names_files_and_modules_that_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    quoted = [word for code in re.findall(r"`([^`\n]+)`", text) for word in code.split()]
    sources = {word for word in quoted if SOURCE.fullmatch(word)}
    folders = {word for word in quoted if word.partition("/")[0] in FOLDERS and "/" in word}
    modules = {word for word in quoted if MODULE.fullmatch(word)}
    plain = {word for word in sources | folders if not set(word) & set("*<>{}$=:")}
    assert {word for word in plain if not is_there(word)} == set()
    assert {word for word in modules if not module_is_there(word)} == set()
    links = set(LINK.findall(text))
    assert {link for link in links if not (document.parent / link).exists()} == set()


def module_is_there(module: str) -> bool:
    """A module, or what stands in one."""
    path = module.replace(".", "/")
    return any(is_there(name) for name in (f"{path}.py", path, f"{path.rpartition('/')[0]}.py"))
