"""What the lake lacks, has lost or can't believe is counted in `reports.data_quality`."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from bwp_pipeline_tests.examples.warehouse_builds import NOON, Warehouse, event

DAY = NOON.date()
TOLD = "PACKAGE_DELIVERED"


def delivered(number: int, at: datetime = NOON) -> dict[str, object]:
    return event(TOLD, f"order/O-{number}/delivery/d-{number}", at=at)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Days 1 and 4; a file of several, one without its columns, one that is lost, one damaged."""
    it = Warehouse(tmp_path_factory.mktemp("gaps"))
    it.archive(DAY, [delivered(1), delivered(2, NOON + timedelta(days=60_000))], name="a")
    it.archive(DAY, [delivered(3), delivered(4)], name="b")
    it.archive(DAY + timedelta(days=3), [delivered(5)], name="c")
    it.archive(DAY + timedelta(days=3), [delivered(6)], name="d")
    parts = {file.name: file for file in it.lake.files("events")}
    rows = it.lake.read_file(parts["b"]).drop_columns(["dt"])
    it.lake.write("events", DAY, "b", rows.slice(0, 1))
    it.lake.write("events", DAY, "b-1", rows.slice(1))
    it.lake.delete([parts["c"].path])
    it.lake.set_aside(parts["d"])
    for table, column in (("events", "message_id"), ("objects", "other_kinds")):
        for file in it.lake.files(table):
            (path,) = it.lake.local([file])
            pq.write_table(pq.read_table(path, partitioning=None).drop([column]), path)
    it.build_mart("data_quality", "report_window")
    return it


def found(warehouse: Warehouse, check: str) -> tuple[int, str | None]:
    rows = warehouse.rows("select check_name, found, examples from reports.data_quality")
    (row,) = [row for row in rows if row["check_name"] == check]
    return row["found"], row["examples"]


def test_every_file_of_a_batch_is_loaded_and_older_ones_lack_columns(warehouse: Warehouse) -> None:
    orders = warehouse.rows("select order_id from marts.fct_events order by order_id")
    assert [row["order_id"] for row in orders] == ["O-1", "O-2", "O-3", "O-4"]


def test_missing_days_are_named(warehouse: Warehouse) -> None:
    assert found(warehouse, "missing_days") == (2, "2026-03-11, 2026-03-12")


def test_rows_that_the_manifest_names_and_the_lake_lacks_are_counted(warehouse: Warehouse) -> None:
    assert found(warehouse, "lost_rows") == (2, "2026-03-13")


def test_damaged_files_are_named(warehouse: Warehouse) -> None:
    path = f"events/dt={DAY + timedelta(days=3)}/d.parquet"
    assert found(warehouse, "damaged_lake_files") == (1, path)


def test_a_time_far_after_its_archive_day_is_kept_and_not_taken_for_news(
    warehouse: Warehouse,
) -> None:
    assert found(warehouse, "events_dated_ahead") == (1, "a")
    (window,) = warehouse.rows("select data_through from meta.report_window")
    assert window["data_through"] == NOON.replace(tzinfo=None)
    kept = warehouse.rows("select event_time from marts.fct_events where order_id = 'O-2'")
    assert kept == [{"event_time": (NOON + timedelta(days=60_000)).replace(tzinfo=None)}]


def test_a_lake_that_lacks_nothing_has_no_findings(tmp_path: Path) -> None:
    it = Warehouse(tmp_path)
    it.archive(date(2026, 3, 10), [delivered(1)])
    it.build_mart("data_quality")
    for check in ("missing_days", "lost_rows", "damaged_lake_files", "events_dated_ahead"):
        assert found(it, check) == (0, None)
