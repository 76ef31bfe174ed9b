"""The published database is read as it was published, whatever lies beside it or holds it."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from bwp_pipeline.publishing.opening import open_published

WRITE = """
import duckdb, os, sys
connection = duckdb.connect(sys.argv[1])
connection.execute("update t set units = 999999")
print("changed", flush=True)
if sys.argv[2] == "die":
    os._exit(1)
sys.stdin.read()
"""


def made(path: Path, units: int) -> Path:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{path}' as made (storage_version 'v1.0.0')")
        connection.execute(f"create table made.t as select {units} as units")
    return path


def units(path: Path) -> int:
    with open_published(path) as connection:
        (row,) = connection.execute("select units, current_database() from t").fetchall()
        assert row[1] == "bwp"
        return int(row[0])


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return made(tmp_path / "bwp.duckdb", 5)


def test_what_a_killed_writer_left_is_not_read(published: Path) -> None:
    subprocess.run(  # noqa: S603 -- this interpreter
        [sys.executable, "-c", WRITE, str(published), "die"], check=False, capture_output=True
    )
    assert published.with_name("bwp.duckdb.wal").exists()

    assert units(published) == 5
    made(published.with_name("next"), 6).replace(published)
    assert units(published) == 6


def test_who_holds_it_open_for_writing_keeps_nobody_from_reading(published: Path) -> None:
    with subprocess.Popen(  # noqa: S603 -- this interpreter
        [sys.executable, "-c", WRITE, str(published), "stay"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdout
        assert writer.stdout.readline() == "changed\n"
        assert units(published) == 5
        writer.communicate("")


def test_nothing_stays_beside_it(published: Path) -> None:
    units(published)
    assert [path.name for path in published.parent.iterdir()] == ["bwp.duckdb"]


def test_a_missing_one_is_named(tmp_path: Path) -> None:
    with pytest.raises(duckdb.IOException, match=r"there is no .*bwp\.duckdb"):
        open_published(tmp_path / "bwp.duckdb")
