"""Who can read what a run leaves: its owner alone, but for what was made to be read."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from bwp_pipeline_tests.whole.documented_run import documented_run

TO_BE_READ = {"published", "reports"}
OTHERS = stat.S_IRWXG | stat.S_IRWXO


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return documented_run(tmp_path_factory)


def readable_by_others(data: Path) -> Iterator[Path]:
    """The files that others than their owner can reach and read."""
    for directory, names, files in os.walk(data):
        here = Path(directory)
        names[:] = [name for name in names if (here / name).stat().st_mode & OTHERS]
        yield from (here / name for name in files if (here / name).stat().st_mode & OTHERS)


def test_only_the_owner_reads_lake_warehouse_and_what_lies_beside_them(data: Path) -> None:
    found = {path.relative_to(data) for path in readable_by_others(data)}

    assert {str(path) for path in found if path.parts[0] not in TO_BE_READ} == set()


def test_what_was_made_to_be_read_follows_the_umask(data: Path) -> None:
    found = {path.relative_to(data) for path in readable_by_others(data)}

    assert {Path("published/bwp.duckdb"), Path("reports/latest/bwp_report.html")} <= found
    there = {path for top in TO_BE_READ for path in (data / top).rglob("*") if path.is_file()}
    assert {path.relative_to(data) for path in there} <= found
