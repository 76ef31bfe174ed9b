"""How long files may be: a reader holds one subject in mind, a file at a time."""

from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("bwp_pipeline", "bwp_pipeline_tests", "benchmarks", "dbt_project")
MADE = {"target", "__pycache__"}
LONGEST = {".py": 300, ".sql": 150}
MEDIAN = 120


def lines_of(suffix: str) -> dict[str, int]:
    """Lines by path, of all files with that suffix which are not made by a tool."""
    return {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for room in ROOMS
        for path in (ROOT / room).rglob(f"*{suffix}")
        if not MADE.intersection(path.parts)
    }


@pytest.mark.parametrize("suffix", LONGEST)
def test_no_file_is_longer_than_a_reader_holds_in_mind(suffix: str) -> None:
    lines = lines_of(suffix)
    assert lines
    assert {path: n for path, n in lines.items() if n > LONGEST[suffix]} == {}


def test_half_of_the_python_files_are_short() -> None:
    assert median(lines_of(".py").values()) <= MEDIAN
