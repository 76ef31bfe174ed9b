"""Which files of a former build on Spark stay as they are. The rows in them: `make engines`."""

import os
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bwp_pipeline.warehouse import spark_files
from bwp_pipeline.warehouse.spark_tables import SparkTables

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

EVENTS = "marts.fct_events"


def write(table: Path, name: str, rows: int) -> Path:
    table.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({"order_id": ["o"] * rows}), table / name)
    return table / name


def session_of(*files: Path) -> "SparkSession":
    """One in which each table is of these files."""
    table = SimpleNamespace(inputFiles=lambda: [file.as_uri() for file in files])
    return cast("SparkSession", SimpleNamespace(table=lambda _: table))


def test_only_large_files_may_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark_files, "LEAST_ROWS", 3)
    events, refunds = tmp_path / "build-a/marts/fct_events", tmp_path / "build-a/marts/fct_refunds"
    for name, rows in (("first", 3), ("second", 2), ("third", 5)):
        write(events, f"{name}.parquet", rows)
    write(refunds, "only.parquet", 2)
    assert spark_files.staying({EVENTS: events, "marts.fct_refunds": refunds}) == {
        EVENTS: {
            "build": "build-a",
            "large": ["first.parquet", "third.parquet"],
            "small": ["second.parquet"],
        }
    }


def test_a_file_that_stays_is_the_same_one_and_outlives_its_build(tmp_path: Path) -> None:
    tables = SparkTables(tmp_path / "a disk%20", "one")
    former = tables.begin()
    kept = write(former / "marts" / "fct_events", "kept.parquet", 3)
    write(former / "marts" / "fct_events", "replaced.parquet", 2)
    tables.commit(former)
    build = tables.begin()
    new = write(build / "marts" / "fct_events", "new.parquet", 1)
    spark_files.take_over(session_of(kept, new), [EVENTS], build)
    found = build / "marts" / "fct_events" / "kept.parquet"
    assert found.samefile(kept)
    assert sorted(path.name for path in found.parent.iterdir()) == ["kept.parquet", "new.parquet"]
    tables.commit(build)
    tables.begin()
    assert not former.exists()
    assert pq.read_metadata(found).num_rows == 3


def test_a_build_that_was_killed_leaves_the_files_that_it_took_over(tmp_path: Path) -> None:
    tables = SparkTables(tmp_path, "one")
    former = tables.begin()
    kept = write(former / "marts" / "fct_events", "kept.parquet", 3)
    tables.commit(former)
    killed = tables.begin()
    (killed / "marts" / "fct_events").mkdir(parents=True)
    spark_files.take_over(session_of(kept), [EVENTS], killed)
    tables.begin()
    assert not killed.exists()
    assert pq.read_metadata(tables.current()[EVENTS] / "kept.parquet").num_rows == 3


def test_where_a_disk_knows_no_second_name_the_bytes_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    kept = write(tmp_path / "build-a/marts/fct_events", "kept.parquet", 3)
    build = tmp_path / "build-b"
    (build / "marts" / "fct_events").mkdir(parents=True)
    spark_files.take_over(session_of(kept), [EVENTS], build)
    copied = build / "marts" / "fct_events" / "kept.parquet"
    shutil.rmtree(tmp_path / "build-a")
    assert pq.read_metadata(copied).num_rows == 3
