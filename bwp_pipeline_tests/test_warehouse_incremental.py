"""Building day by day, in any order and again, ends in the rows of one full build."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from bwp_pipeline.archive import ingest_days, open_archive
from bwp_pipeline.lake import Lake
from bwp_pipeline.sandbox import World, write_archive
from bwp_pipeline.warehouse.building import build_warehouse
from bwp_pipeline_tests.warehouse_builds import NOON, Row, Warehouse, event, snapshot

END = date(2026, 3, 12)
DAYS = [END - timedelta(days=back) for back in (4, 3, 2, 1)]
ORDERS_A_DAY = 25


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A lake of four days with late events; each order fetched on two days, as it was then."""
    directory = tmp_path_factory.mktemp("source")
    world = World(seed=3, days=4, orders_per_day=ORDERS_A_DAY, end=END)
    archive_url = f"{(directory / 'archive').as_uri()}/"
    write_archive(world, archive_url)
    it = Warehouse(directory, timezone="America/New_York", report_days=3)
    for day in [*DAYS, END]:
        ingest_days(open_archive(archive_url, "%Y/%m/%d/"), it.lake, [day], f"run-{day}", print)
    for day in DAYS:
        at = datetime.combine(day + timedelta(days=1), NOON.timetz())
        orders = {
            order_id: world.order(order_id, at) for order_id in sorted(world.known_order_ids())
        }
        it.answer(
            day,
            [
                _as_answer(order, order_id, at, world.stores[0].business_product_id)
                for order_id, order in orders.items()
                if order is not None
            ],
        )
    return it


def _as_answer(order: Row, order_id: str, at: datetime, store: str) -> Row:
    return snapshot(order, order_id=order_id, at=at) | {"business_product_id": store}


@pytest.fixture(scope="module")
def whole(source: Warehouse) -> Warehouse:
    source.build()
    return source


def give(source: Lake, target: Lake, day: date) -> None:
    """Copy a day's lake files: what the daily run of that day adds."""
    for table in ("events", "quarantine", "objects", "order_snapshots"):
        for file in source.files(table, [day]):
            data = source.read(table, [day]).drop_columns(["dt"])
            if len(source.files(table, [day])) == 1:
                target.write(table, day, file.name, data)
                continue
            raise AssertionError(f"{table} of {day} has several files")


@pytest.mark.parametrize(
    "order",
    [(0, 1, 2, 3, 4), (4, 2, 0, 3, 1)],
    ids=["day by day", "in any order"],
)
def test_incremental_builds_end_in_the_rows_of_a_full_build(
    whole: Warehouse, tmp_path: Path, order: tuple[int, ...]
) -> None:
    days = [*DAYS, END]
    it = Warehouse(tmp_path, timezone=whole.timezone, report_days=whole.report_days)
    for step, position in enumerate(order):
        give(whole.lake, it.lake, days[position])
        # A build that no one took note of is made up for by the next.
        it.build(marked=step != 1)

    assert it.tables() == whole.tables()


@pytest.mark.parametrize(
    "not_built",
    ["fct_delivery_items+", "dim_orders+ path:models/marts/sums+"],
    ids=["before the items", "after the items"],
)
def test_a_build_that_stopped_halfway_is_made_up_for_by_the_next(
    whole: Warehouse, tmp_path: Path, not_built: str
) -> None:
    it = Warehouse(tmp_path, timezone=whole.timezone, report_days=whole.report_days)
    for day in DAYS[:2]:
        give(whole.lake, it.lake, day)
    it.build()

    for day in DAYS[2:]:
        give(whole.lake, it.lake, day)
        # Some marts know the new answers then, others or their sums the former ones.
        it.build("--exclude", *not_built.split(), marked=False)
    give(whole.lake, it.lake, END)
    it.build()

    assert it.tables() == whole.tables()


def test_a_rebuild_in_parts_goes_on_where_it_stopped_and_ends_in_the_rows_of_a_full_build(
    whole: Warehouse, tmp_path: Path
) -> None:
    it = Warehouse(whole.directory, whole.timezone, whole.report_days, name=tmp_path.name)
    settings = it.settings()
    said: list[str] = []

    def stop(words: str) -> None:
        said.append(words)
        raise InterruptedError

    with pytest.raises(InterruptedError):
        build_warehouse(it.lake, settings, say=stop, most_rows=1)
    build_warehouse(it.lake, settings, say=said.append, most_rows=1)

    assert it.tables() == whole.tables()
    # Five days: one before the interruption, three after it, and the last is what any run builds.
    assert len(said) == 1 + 3 + 1
    assert said[0].startswith("4 of 16 lake files built, about ")
    assert "of 12 lake files built" in said[1]


def test_building_again_changes_nothing(whole: Warehouse) -> None:
    before = whole.tables()

    whole.build()

    assert whole.tables() == before
    assert len(before["marts.fct_delivery_items"]) > len(DAYS) * ORDERS_A_DAY / 2


LAST = date(2026, 3, 10)


def package(state: str, product: Row) -> Row:
    amount = {"unit": "ONE", "value": 1}
    of = {"orderLineItems": [{"lineItem": {"id": "l1"}, "amount": amount}]}
    details = [{"id": "d1", "state": state, "packageInformationDetailsFor": of}]
    line = {"id": "l1", "amount": amount, "product": product}
    return {"lineItems": [line | {"packageInformation": {"details": details}}]}


def test_a_product_keeps_one_key_when_its_sku_comes_to_light_later(tmp_path: Path) -> None:
    it = Warehouse(tmp_path)
    bare: Row = {"productId": {"value": "p-1"}, "title": "A mug"}
    it.answer(LAST, [snapshot(package("DELIVERED", bare), order_id="early")])
    it.build()
    assert _keys(it) == {"early": "p-1"}

    named = bare | {"sku": {"value": "MUG"}}
    later = snapshot(package("DELIVERED", named), order_id="later")
    it.answer(LAST, [later], name="b")
    it.build()
    assert _keys(it) == {"early": "MUG", "later": "MUG"}

    # Once seen, it stays known.
    again = snapshot(package("DELIVERED", bare), order_id="later", at=NOON + timedelta(hours=1))
    it.answer(LAST, [again], name="c")
    it.build()
    assert _keys(it) == {"early": "MUG", "later": "MUG"}


def _keys(it: Warehouse) -> dict[str, str]:
    rows = it.rows("select order_id, product_key from marts.fct_delivery_items")
    return {row["order_id"]: row["product_key"] for row in rows}


def test_a_file_that_changed_takes_its_former_rows_with_it(tmp_path: Path) -> None:
    it = Warehouse(tmp_path)
    first = event("PACKAGE_DELIVERED", "order/O-1/delivery/d1")
    older = NOON - timedelta(days=2)
    it.archive(LAST, [first, event("PACKAGE_DELIVERED", "order/O-2/delivery/d1", at=older)])
    it.build()
    it.archive(LAST, [first])
    it.build()

    assert [row["order_id"] for row in it.rows("from marts.fct_events")] == ["O-1"]
    assert [row["order_id"] for row in it.rows("from marts.dim_orders")] == ["O-1"]


def test_an_event_that_names_several_orders_reaches_each_of_them(tmp_path: Path) -> None:
    it = Warehouse(tmp_path)
    it.build()
    it.archive(LAST, [event("REFUND_REQUESTED", "order/O-1/refund/r1", "order/O-2/refund/r%232")])
    it.build()

    assert it.rows(
        "select order_id, resource_type, resource_id from marts.fct_events order by 1"
    ) == [
        {"order_id": "O-1", "resource_type": "refund", "resource_id": "r1"},
        {"order_id": "O-2", "resource_type": "refund", "resource_id": "r#2"},
    ]


def test_changes_that_recur_are_one_event_each_whenever_their_copies_come(tmp_path: Path) -> None:
    it = Warehouse(tmp_path)
    product = "product/p-1/inventory/i-1"
    first = event("INVENTORY_CHANGED", product, at=NOON - timedelta(days=1))
    second = event("INVENTORY_CHANGED", product, at=NOON)
    it.archive(LAST - timedelta(days=1), [first])
    it.build()
    it.archive(LAST, [second, event("INVENTORY_CHANGED", product, at=NOON + timedelta(hours=1))])
    it.build()
    it.archive(LAST, [first, second], name="copies")
    it.build()

    assert it.rows("select event_time, copies from marts.fct_events order by 1") == [
        {"event_time": (NOON - timedelta(days=1)).replace(tzinfo=None), "copies": 2},
        {"event_time": NOON.replace(tzinfo=None), "copies": 2},
        {"event_time": (NOON + timedelta(hours=1)).replace(tzinfo=None), "copies": 1},
    ]


def test_late_news_of_an_old_order_finds_everything_known_of_it(tmp_path: Path) -> None:
    it = Warehouse(tmp_path)
    old, late = LAST - timedelta(days=200), NOON - timedelta(days=300)
    mug: Row = {"sku": {"value": "MUG"}}
    at = NOON - timedelta(days=200)
    it.archive(old, [event("PACKAGE_DELIVERY_IN_TRANSIT", "order/O-1/delivery/d1", at=at)])
    it.answer(old, [snapshot(package("IN_TRANSIT", mug), order_id="O-1", at=at)])
    it.build()
    for back in (100, 1):
        day, then = LAST - timedelta(days=back), NOON - timedelta(days=back)
        it.archive(day, [event("PACKAGE_DELIVERED", f"order/O-{back}9/delivery/d1", at=then)])
        it.answer(day, [snapshot(package("DELIVERED", mug), order_id=f"O-{back}9", at=then)])
        it.build()
    news = [event("ORDER_CREATED", "order/O-1", at=late), event("ORDER_CREATED", "order/O-2")]
    it.archive(LAST, news)
    it.build()

    assert it.rows("select order_id, events, first_event_at from marts.dim_orders order by 1")[
        :1
    ] == [{"order_id": "O-1", "events": 2, "first_event_at": late.replace(tzinfo=None)}]
    assert it.rows(
        "select state, shipped_at, count(*) over () as rows from marts.fct_delivery_items"
        " where order_id = 'O-1'"
    ) == [{"state": "IN_TRANSIT", "shipped_at": at.replace(tzinfo=None), "rows": 1}]


@pytest.mark.parametrize("created_at", ["2000-01-02T00:00:00Z", "2099-12-30T00:00:00Z"])
def test_a_day_far_from_all_others_keeps_its_figures(tmp_path: Path, created_at: str) -> None:
    it, whole = Warehouse(tmp_path), Warehouse(tmp_path, name="whole")
    mug: Row = {"sku": {"value": "MUG"}}
    order = package("DELIVERED", mug) | {"metadata": {"createdAt": created_at}}
    for name in ("a", "b"):
        it.answer(LAST, [snapshot(order, order_id=f"O-{name}")], name=name)
        it.build()
    it.answer(LAST, [snapshot(package("DELIVERED", mug), order_id="O-c")], name="c")
    it.build()
    whole.build()

    days = it.rows("select ordered_units from reports.daily_summary where ordered_units > 1")
    assert [row["ordered_units"] for row in days] == [2]
    assert it.tables() == whole.tables()


def test_another_time_zone_starts_the_warehouse_anew(tmp_path: Path) -> None:
    it = Warehouse(tmp_path)
    it.archive(LAST, [event("PACKAGE_DELIVERED", "order/O-1/delivery/d1")])
    it.answer(LAST, [snapshot(package("DELIVERED", {"title": "A mug"}), order_id="O-1")])
    it.build()
    assert it.rows("select delivered_on from marts.fct_delivery_items") == [
        {"delivered_on": date(2026, 3, 10)}
    ]

    it.timezone = "Pacific/Auckland"
    it.build()
    assert it.rows("select delivered_on from marts.fct_delivery_items") == [
        {"delivered_on": date(2026, 3, 11)}
    ]
