"""Old snapshots may go: no order vanishes, no hash loses its payload, no fact moves."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow.compute as pc
import pytest

from bwp_pipeline.cli import main
from bwp_pipeline.lake import Lake
from bwp_pipeline.lake.compaction import Compacted, compact_snapshots
from bwp_pipeline.lake.past import lake_as_known
from bwp_pipeline_tests.examples.order_payloads import line, package
from bwp_pipeline_tests.examples.warehouse_builds import NOON, STORE, Row, Warehouse, snapshot

FIRST = date(2026, 3, 10)
BEFORE = date(2026, 3, 15)


def answers(order_id: str, told: dict[int, str | None]) -> dict[int, Row]:
    """What was answered on which day: a state, or None where there was no answer to be had.

    A state that repeats the one before comes as its hash alone, as the fetch writes it.
    """
    rows: dict[int, Row] = {}
    former = None
    for number, state in told.items():
        at = NOON + timedelta(days=number)
        if state is None:
            rows[number] = snapshot(None, order_id=order_id, at=at, status="UNAVAILABLE")
            continue
        order = {"lineItems": [line("l1", 1, package("d1", state, l1=1))]}
        rows[number] = snapshot(order, order_id=order_id, at=at)
        if state == former:
            rows[number]["payload"] = None
        former = state
    return rows


ORDERS: dict[str, dict[int, str | None]] = {
    "never asked again": {0: "DELIVERED"},
    "moving on": {0: "PENDING", 1: "PENDING", 2: "PENDING", 3: "IN_TRANSIT", 6: "DELIVERED"},
    "the same all along": {0: "PENDING", 1: "PENDING", 2: "PENDING", 3: "PENDING", 7: "PENDING"},
    "there and back": {0: "PENDING", 1: "IN_TRANSIT", 2: "PENDING", 3: "PENDING"},
    "not to be had": {0: None, 1: None, 2: None},
}


def asked(directory: Path, name: str) -> Warehouse:
    it = Warehouse(directory, name=name)
    by_day: dict[int, list[Row]] = {}
    for order_id, told in ORDERS.items():
        for number, row in answers(order_id, told).items():
            by_day.setdefault(number, []).append(row)
    for number, rows in by_day.items():
        it.answer(FIRST + timedelta(days=number), rows)
    return it


def facts(it: Warehouse) -> dict[str, list[Row]]:
    it.build_mart("fct_delivery_items", "fct_order_states", "dim_orders")
    return {
        "items": it.rows("from marts.fct_delivery_items order by order_id"),
        "states": it.rows("from marts.fct_order_states order by all"),
        "orders": it.rows("select * exclude (fetches) from marts.dim_orders order by order_id"),
    }


def test_facts_are_the_same_without_the_old_partitions(tmp_path: Path) -> None:
    it = asked(tmp_path, "whole")
    whole = facts(it)

    done = compact_snapshots(it.lake, BEFORE)

    assert done == Compacted(files=4, rows=16, kept=11)
    assert min(it.lake.days("order_snapshots")) == BEFORE
    it.name = "compacted"
    assert facts(it) == whole
    assert len(whole["items"]) == len(ORDERS) - 1
    # Once more, and later: what was carried is carried on.
    assert compact_snapshots(it.lake, BEFORE) == Compacted(files=0, rows=0, kept=0)
    compact_snapshots(it.lake, BEFORE + timedelta(days=1))
    it.name = "compacted again"
    assert facts(it) == whole


def test_the_past_is_known_from_what_was_carried(tmp_path: Path) -> None:
    lake = asked(tmp_path, "whole").lake
    compact_snapshots(lake, BEFORE)
    until = datetime.combine(FIRST + timedelta(days=1), NOON.timetz())

    then = lake_as_known(lake, until, f"{(tmp_path / 'then').as_uri()}/").read("order_snapshots")

    assert pc.max(then["fetched_at"]).as_py() == until
    # Of the order that could not be had, the last attempt alone is kept.
    assert set(then["order_id"].to_pylist()) == ORDERS.keys() - {"not to be had"}


def test_a_compaction_that_was_killed_is_done_again_without_a_row_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = asked(tmp_path, "whole").lake
    delete = Lake.delete

    def killed(self: Lake, paths: Iterable[str]) -> None:
        delete(self, [next(iter(paths))])
        raise KeyboardInterrupt

    monkeypatch.setattr(Lake, "delete", killed)
    with pytest.raises(KeyboardInterrupt):
        compact_snapshots(lake, BEFORE)
    monkeypatch.undo()
    compact_snapshots(lake, BEFORE)

    other = asked(tmp_path / "other", "whole").lake
    compact_snapshots(other, BEFORE)
    columns = ["order_id", "fetched_at", "payload"]
    assert sorted(map(repr, lake.read("order_snapshots", columns=columns).to_pylist())) == sorted(
        map(repr, other.read("order_snapshots", columns=columns).to_pylist())
    )


def test_the_command_says_what_it_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked(tmp_path, "whole")
    for name, value in {
        "BWP_ARCHIVE_URL": "file:///none/",
        "BWP_DATA_DIR": str(tmp_path),
        "BWP_TARGET_ID": STORE,
        "BWP_CLIENT_ID": "client",
        "BWP_CLIENT_SECRET": "secret",
    }.items():
        monkeypatch.setenv(name, value)

    assert main(["compact", "--before", str(BEFORE)]) == 0

    assert capsys.readouterr().out == (
        "16 answers in 4 files from before 2026-03-15: 11 kept, in 2026-03-15's. The next run"
        " builds the warehouse again.\n"
    )
