"""Every promise in docs/guarantees.md names tests that are there."""

import re
from pathlib import Path

TESTS = Path(__file__).parent
TEXT = (TESTS.parent / "docs" / "guarantees.md").read_text()


def test_every_test_that_a_promise_names_is_there() -> None:
    modules = set(re.findall(r"`(test_\w+\.py)`", TEXT))
    there = {path.name: path.read_text() for path in TESTS.glob("test_*.py")}
    defined = set(re.findall(r"def (test_\w+)\(", "\n".join(there.values())))

    assert modules
    assert sorted(modules - there.keys()) == []
    assert sorted(set(re.findall(r"`(test_\w+)`", TEXT)) - defined) == []


def test_every_promise_names_a_test() -> None:
    rows = [line for line in TEXT.splitlines() if line.startswith("| ") and "---" not in line]
    without = [row for row in rows if "test" not in row.split("|")[2] and "held by" not in row]

    assert without == []
