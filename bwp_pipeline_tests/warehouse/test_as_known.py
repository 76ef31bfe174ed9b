"""A report as of an earlier time says what was published then."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from bwp_pipeline.cli import main
from bwp_pipeline.lake import SCHEMAS, Lake
from bwp_pipeline.lake.past import lake_as_known
from bwp_pipeline_tests.examples.warehouse_builds import NOON, STORE, Warehouse, event
from bwp_pipeline_tests.warehouse.as_known_days import published_and_as_known

DAY = date(2026, 3, 10)


def write(lake: Lake, table: str, name: str, *rows: dict[str, object]) -> None:
    full = [{column: row.get(column) for column in SCHEMAS[table].names} for row in rows]
    lake.write(table, DAY, name, pa.Table.from_pylist(full, schema=SCHEMAS[table]))


def test_a_lake_of_then_has_the_batches_read_and_the_answers_fetched_by_then(
    tmp_path: Path,
) -> None:
    lake = Lake(f"{(tmp_path / 'now').as_uri()}/")
    later = NOON + timedelta(seconds=1)
    for name, read_at in (("a", NOON), ("b", later)):
        for part in (name, f"{name}-1"):
            write(lake, "events", part, {"order_id": part})
        write(lake, "objects", name, {"object_key": name, "read_at": read_at})
    write(lake, "events", "never-committed", {"order_id": "x"})
    write(lake, "order_snapshots", "s", {"order_id": "1", "fetched_at": NOON})
    write(
        lake,
        "order_snapshots",
        "t",
        {"order_id": "2", "fetched_at": NOON},
        {"order_id": "3", "fetched_at": later},
    )
    past = lake_as_known(lake, NOON, f"{(tmp_path / 'then').as_uri()}/")

    assert sorted(past.read("events")["order_id"].to_pylist()) == ["a", "a-1"]
    assert past.read("objects")["object_key"].to_pylist() == ["a"]
    assert past.read("order_snapshots")["order_id"].to_pylist() == ["1", "2"]
    assert lake.read("order_snapshots").num_rows == 3
    long_before = lake_as_known(
        lake, datetime(2020, 1, 1, tzinfo=UTC), f"{(tmp_path / 'before').as_uri()}/"
    )
    assert long_before.days("objects") == []


def test_the_command_leaves_a_database_and_a_report_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    warehouse = Warehouse(tmp_path)
    warehouse.archive(DAY, [event("PACKAGE_DELIVERED", "order/O-1/delivery/D-1")])
    later = NOON + timedelta(days=1)
    newer = event("PACKAGE_DELIVERED", "order/O-2/delivery/D-2", at=later)
    warehouse.archive(later.date(), [newer], read_at=later)
    configure(monkeypatch, tmp_path)
    window = ["--from", "2026-03-09", "--to", "2026-03-10"]
    assert main(["report", *window, "--as-of", "2026-03-10T13:00+01:00"]) == 0

    database = tmp_path / "as_of" / "20260310T120000Z.duckdb"
    page = tmp_path / "reports" / "as_of_20260310T120000Z" / "2026-03-09_2026-03-10"
    assert capsys.readouterr().out.splitlines() == [str(database), f"{page}/bwp_report.html"]
    with duckdb.connect(str(database), read_only=True) as connection:
        assert connection.execute("select order_id from marts.fct_events").fetchall() == [("O-1",)]
        # The archive begins on the window's last day.
        assert connection.execute(
            "select window_days, known_window_days from reports.coverage"
        ).fetchall() == [(28, 1)]
    said = (page / "bwp_report.html").read_text()
    assert said.index("Only 1 of these 2 days") < said.index("Nothing to restock</")
    assert [path.name for path in database.parent.iterdir()] == [database.name]
    assert not (tmp_path / "published").exists()


def configure(monkeypatch: pytest.MonkeyPatch, data_dir: Path) -> None:
    for name, value in {
        "BWP_ARCHIVE_URL": "file:///none/",
        "BWP_DATA_DIR": str(data_dir),
        "BWP_TARGET_ID": STORE,
        "BWP_CLIENT_ID": "client",
        "BWP_CLIENT_SECRET": "secret",
    }.items():
        monkeypatch.setenv(name, value)


def test_as_of_a_time_before_the_first_day_the_page_says_first_that_nothing_was_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Warehouse(tmp_path).archive(DAY, [event("PACKAGE_DELIVERED", "order/O-1/delivery/D-1")])
    configure(monkeypatch, tmp_path)
    window = ["--from", "2026-03-09", "--to", "2026-03-10"]
    assert main(["report", *window, "--as-of", "2026-03-01T06:00Z"]) == 0

    (page,) = (tmp_path / "reports").rglob("bwp_report.html")
    said = page.read_text()
    assert said.index("No event has arrived yet.") < said.index("Nothing to restock")
    assert "No data for these days" in said


def test_every_report_table_as_of_a_day_is_what_was_published_that_day(tmp_path: Path) -> None:
    _, published, known = next(published_and_as_known(tmp_path, days=2, orders_per_day=25))

    assert known == published
    days = "reports.daily_summary"
    assert len(known[days]) < len(Warehouse(tmp_path).tables()[days])
