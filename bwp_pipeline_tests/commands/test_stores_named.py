"""Stores of the archive without credentials are named at the end of a run and by the doctor."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from bwp_pipeline.api.stores_named import StoresNamed, stores_named
from bwp_pipeline.commands.daily_job import last_words
from bwp_pipeline.commands.exits import Exit
from bwp_pipeline.lake import SCHEMAS, Lake
from bwp_pipeline.settings import Settings

DAY = date(2026, 3, 1)
SETTINGS = {
    "BWP_ARCHIVE_URL": "file:///archive/",
    "BWP_TARGET_ID": "bp-set",
    "BWP_CLIENT_ID": "client",
    "BWP_CLIENT_SECRET": "secret",
}


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(f"{(tmp_path / 'lake').as_uri()}/")


def write_events(lake: Lake, orders: Iterable[tuple[str, str]]) -> None:
    columns = SCHEMAS["events"]
    empty: dict[str, object] = dict.fromkeys(columns.names)
    rows = [
        {
            **empty,
            "business_product_id": store,
            "order_id": order,
            "event_time": datetime(2026, 3, 1, tzinfo=UTC),
        }
        for store, order in orders
    ]
    lake.write("events", DAY, "all", pa.Table.from_pylist(rows, schema=columns))


def test_orders_are_counted_once_for_the_stores_with_and_without_credentials(lake: Lake) -> None:
    write_events(
        lake, [("bp-a", "1"), ("bp-a", "1"), ("bp-b", "2"), ("bp-b", "3"), ("", "4"), ("bp-b", "")]
    )

    assert stores_named(lake, [DAY], {"bp-a"}) == StoresNamed({"bp-a": 1}, {"bp-b": 2})
    assert stores_named(lake, [], {"bp-a"}) == StoresNamed({}, {})


@pytest.mark.parametrize(
    ("stores", "expected"),
    [
        (["bp-other"], Exit.ORDERS_WAIT),
        (["bp-set", "bp-other"], Exit.DONE),
        (["bp-set"], Exit.DONE),
        ([], Exit.DONE),
    ],
)
def test_a_run_whose_every_order_waits_says_so_and_does_not_end_with_0(
    lake: Lake, stores: list[str], expected: Exit
) -> None:
    write_events(lake, [(store, f"322-{store}") for store in stores])
    code, lines = last_words(lake, Settings.from_environ(SETTINGS), DAY, DAY)

    assert code is expected
    said = " ".join(lines)
    assert (
        "1 orders of store bp-other are waiting for credentials: set BWP_TARGET_ID" in said
    ) == ("bp-other" in stores)
