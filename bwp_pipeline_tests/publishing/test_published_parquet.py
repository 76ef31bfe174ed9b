"""The Parquet files beside the published database: a month is written when it has changed."""

from datetime import timedelta
from pathlib import Path

from bwp_pipeline.publishing.published_file import publish
from bwp_pipeline_tests.examples.warehouse_builds import NOON, Warehouse, snapshot
from bwp_pipeline_tests.publishing.published_shop import DAY, ask


def test_a_month_is_written_as_parquet_when_it_has_changed(tmp_path: Path) -> None:
    it = Warehouse(tmp_path)
    path = tmp_path / "published" / "bwp.duckdb"
    orders = path.parent / "parquet" / "marts" / "dim_orders"
    february = f"from read_parquet('{orders}/month=2026-02/*', hive_partitioning = false)"

    def answer(order_id: str, ordered_at: str | None, *, hours: int = 0) -> None:
        order = {"lineItems": [], "metadata": {"createdAt": ordered_at}}
        at = NOON + timedelta(hours=hours)
        rows = [snapshot(order, order_id=order_id, at=at)]
        it.answer(DAY, rows, name=f"{order_id}-{hours}")

    def published() -> dict[str, int]:
        it.build_mart("dim_orders", "report_window")
        publish(it.path, path)
        files = orders.glob("*/rows.parquet")
        return {found.parent.name: found.stat().st_mtime_ns for found in files}

    answer("a", "2026-01-31T12:00:00Z")
    answer("b", "2026-02-01T12:00:00Z")
    answer("c", None)
    first = published()
    assert sorted(first) == ["month=2026-01", "month=2026-02", "month=none"]
    assert published() == first

    # It leaves the month that it was in, and the files of both are written.
    answer("c", "2026-02-20T12:00:00Z", hours=1)
    second = published()
    assert sorted(second) == ["month=2026-01", "month=2026-02"]
    assert second["month=2026-01"] == first["month=2026-01"]
    rows = ask(path, february)
    assert {row[1] for row in rows} == {"b", "c"}

    # A build that no one took note of changed it nevertheless, and so does the next.
    for hours in (2, 3):
        answer("b", f"2026-02-0{hours}T12:00:00Z", hours=hours)
        it.build_mart("dim_orders", "report_window", marked=False)
        publish(it.path, path)
        rows = ask(path, february)
        assert sorted(rows) == sorted(ask(path, "from marts.dim_orders where order_id <> 'a'"))

    # Without the note of what was written, all is written.
    (path.parent / "parquet" / "months.json").write_text("{")
    assert set(published().values()).isdisjoint(second.values())

    # A warehouse that is lost is built again beside the marts that are left of it, and numbers its
    # builds anew.
    before = sorted(ask(path, "from marts.dim_orders"))
    it.path.unlink()
    assert set(published().values()).isdisjoint(second.values())
    assert sorted(ask(path, "from marts.dim_orders")) == before
