"""News of orders that a warehouse knows already: what it finds of them, and what stays."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from bwp_pipeline.warehouse.building import PART
from bwp_pipeline_tests.examples.warehouse_builds import NOON, Row, Warehouse, event, snapshot

LAST = date(2026, 3, 10)


def package(state: str, product: Row) -> Row:
    amount = {"unit": "ONE", "value": 1}
    of = {"orderLineItems": [{"lineItem": {"id": "l1"}, "amount": amount}]}
    details = [{"id": "d1", "state": state, "packageInformationDetailsFor": of}]
    line = {"id": "l1", "amount": amount, "product": product}
    return {"lineItems": [line | {"packageInformation": {"details": details}}]}


@dataclass(frozen=True)
class Told:
    """A warehouse that was told of everything below bit by bit, and its keys after each build."""

    warehouse: Warehouse
    keys: list[dict[str, str]]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    it = Told(Warehouse(tmp_path_factory.mktemp("told")), [])
    for build in range(3):
        for tell in (sku_later, changed_file, several_orders, recurring_changes, late_news):
            tell(it.warehouse, build)
        it.warehouse.build_mart("fct_events", "dim_orders", "fct_delivery_items")
        rows = it.warehouse.rows("select order_id, product_key from marts.fct_delivery_items")
        it.keys.append({row["order_id"]: row["product_key"] for row in rows})
    return it


def sku_later(it: Warehouse, build: int) -> None:
    bare: Row = {"productId": {"value": "p-1"}, "title": "A mug"}
    named = bare | {"sku": {"value": "MUG"}}
    answer = (
        snapshot(package("DELIVERED", bare), order_id="early"),
        snapshot(package("DELIVERED", named), order_id="later"),
        snapshot(package("DELIVERED", bare), order_id="later", at=NOON + timedelta(hours=1)),
    )[build]
    it.answer(LAST, [answer], name=f"sku{build}")


def test_a_product_keeps_one_key_when_its_sku_comes_to_light_later(told: Told) -> None:
    found = [(keys["early"], keys.get("later")) for keys in told.keys]
    # Once seen, it stays known.
    assert found == [("p-1", None), ("MUG", "MUG"), ("MUG", "MUG")]


def changed_file(it: Warehouse, build: int) -> None:
    stays = event("PACKAGE_DELIVERED", "order/stays/delivery/d1")
    older = NOON - timedelta(days=2)
    goes = event("PACKAGE_DELIVERED", "order/goes/delivery/d1", at=older)
    if build < 2:
        it.archive(LAST, [stays, goes] if build == 0 else [stays], name="changed")


def test_a_file_that_changed_takes_its_former_rows_with_it(told: Told) -> None:
    for mart in ("fct_events", "dim_orders"):
        query = f"select order_id from marts.{mart} where order_id in ('stays', 'goes')"  # noqa: S608 -- own names
        assert told.warehouse.rows(query) == [{"order_id": "stays"}]


def several_orders(it: Warehouse, build: int) -> None:
    if build == 1:
        named = ("order/one/refund/r1", "order/two/refund/r%232")
        it.archive(LAST, [event("REFUND_REQUESTED", *named)], name="several")


def test_an_event_that_names_several_orders_reaches_each_of_them(told: Told) -> None:
    assert told.warehouse.rows(
        "select order_id, resource_type, resource_id from marts.fct_events"
        " where event_type = 'REFUND_REQUESTED' order by 1"
    ) == [
        {"order_id": "one", "resource_type": "refund", "resource_id": "r1"},
        {"order_id": "two", "resource_type": "refund", "resource_id": "r#2"},
    ]


CHANGED_AT = [NOON - timedelta(days=1), NOON, NOON + timedelta(hours=1)]


def recurring_changes(it: Warehouse, build: int) -> None:
    first, second, third = (
        event("INVENTORY_CHANGED", "product/p-1/inventory/i-1", at=at) for at in CHANGED_AT
    )
    day = LAST - timedelta(days=1) if build == 0 else LAST
    it.archive(day, [[first], [second, third], [first, second]][build], name=f"change{build}")


def test_changes_that_recur_are_one_event_each_whenever_their_copies_come(told: Told) -> None:
    assert told.warehouse.rows(
        "select event_time, copies from marts.fct_events"
        " where resource_type = 'inventory' order by 1"
    ) == [
        {"event_time": at.replace(tzinfo=None), "copies": copies}
        for at, copies in zip(CHANGED_AT, (2, 2, 1), strict=True)
    ]


LATE, LONG_AGO = NOON - timedelta(days=300), NOON - timedelta(days=200)


def late_news(it: Warehouse, build: int) -> None:
    pot: Row = {"sku": {"value": "POT"}}
    if build == 2:
        it.archive(LAST, [event("ORDER_CREATED", "order/old", at=LATE)], name="late")
        return
    for at in ([LONG_AGO], [NOON - timedelta(days=100), NOON - timedelta(days=1)])[build]:
        order, state = ("old", "IN_TRANSIT") if build == 0 else (f"new{at:%d}", "DELIVERED")
        moved = event(f"PACKAGE_DELIVERY_{state}", f"order/{order}/delivery/d1", at=at)
        it.archive(at.date(), [moved], name=order)
        it.answer(at.date(), [snapshot(package(state, pot), order_id=order, at=at)], name=order)


def test_late_news_of_an_old_order_finds_everything_known_of_it(told: Told) -> None:
    assert told.warehouse.rows(
        "select events, first_event_at from marts.dim_orders where order_id = 'old'"
    ) == [{"events": 2, "first_event_at": LATE.replace(tzinfo=None)}]
    assert told.warehouse.rows(
        "select state, shipped_at from marts.fct_delivery_items where order_id = 'old'"
    ) == [{"state": "IN_TRANSIT", "shipped_at": LONG_AGO.replace(tzinfo=None)}]


def test_days_far_from_all_others_keep_their_figures(tmp_path: Path) -> None:
    it, whole = Warehouse(tmp_path), Warehouse(tmp_path, name="whole")
    order = package("DELIVERED", {"sku": {"value": "MUG"}})
    for name in ("a", "b"):
        far = [
            snapshot(order | {"metadata": {"createdAt": at}}, order_id=f"O-{at}-{name}")
            for at in ("2000-01-02T00:00:00Z", "2099-12-30T00:00:00Z")
        ]
        it.answer(LAST, far, name=name)
        it.build(*PART)
    it.answer(LAST, [snapshot(order, order_id="O-c")], name="c")
    it.build()
    whole.build()

    days = it.rows("select ordered_units from reports.daily_summary where ordered_units > 1")
    assert [row["ordered_units"] for row in days] == [2, 2]
    assert it.tables() == whole.tables()


def test_another_time_zone_starts_the_warehouse_anew(tmp_path: Path) -> None:
    it = Warehouse(tmp_path)
    it.archive(LAST, [event("PACKAGE_DELIVERED", "order/O-1/delivery/d1")])
    it.answer(LAST, [snapshot(package("DELIVERED", {"title": "A mug"}), order_id="O-1")])
    it.build_mart("fct_delivery_items")
    assert it.rows("select delivered_on from marts.fct_delivery_items") == [
        {"delivered_on": date(2026, 3, 10)}
    ]

    it.timezone = "Pacific/Auckland"
    it.build_mart("fct_delivery_items")
    assert it.rows("select delivered_on from marts.fct_delivery_items") == [
        {"delivered_on": date(2026, 3, 11)}
    ]
