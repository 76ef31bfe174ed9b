"""Promises and odd inputs that the docs list name tests that are there, in the files they name."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = {path.name: path for path in (ROOT / "bwp_pipeline_tests").rglob("test_*.py")}
DOCS = ROOT / "docs"
LISTS = ("guarantees.md", "cases.md")


@pytest.mark.parametrize("document", LISTS)
def test_every_test_that_is_named_is_in_the_file_that_is_named(document: str) -> None:
    missing: list[str] = []
    file = ""
    text = (DOCS / document).read_text()
    for module, name in re.findall(r"`(test_\w+\.py)`|`(test_\w+)`", text):
        file = module or file
        path = TESTS.get(file)
        if path is None or (name and f"def {name}(" not in path.read_text()):
            missing.append(f"{file}: {name}")

    assert file
    assert missing == []


@pytest.mark.parametrize("document", LISTS)
def test_every_line_names_a_test(document: str) -> None:
    column, without, rows = 0, [], 0
    for line in (DOCS / document).read_text().splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if "held by" in cells:
            column = cells.index("held by")
        elif line.startswith("| "):
            rows += 1
            if "test" not in cells[column] and "`make " not in cells[column]:
                without.append(line)

    assert rows
    assert without == []
