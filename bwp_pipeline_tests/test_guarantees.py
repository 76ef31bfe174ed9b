"""Every promise in docs/guarantees.md names tests that are there, in the files that it names."""

import re
from pathlib import Path

TESTS = Path(__file__).parent
TEXT = (TESTS.parent / "docs" / "guarantees.md").read_text()


def test_every_test_that_a_promise_names_is_in_the_file_that_it_names() -> None:
    missing: list[str] = []
    file = ""
    for module, name in re.findall(r"`(test_\w+\.py)`|`(test_\w+)`", TEXT):
        file = module or file
        path = TESTS / file
        if not path.exists() or (name and f"def {name}(" not in path.read_text()):
            missing.append(f"{file}: {name}")

    assert file
    assert missing == []


def test_every_promise_names_a_test() -> None:
    rows = [line for line in TEXT.splitlines() if line.startswith("| ") and "---" not in line]
    held = {row: row.split("|")[2] for row in rows if "| held by |" not in row}
    without = [row for row, by in held.items() if "test" not in by and "`make " not in by]

    assert without == []
