"""News of orders that a warehouse knows already: what it finds of them, and what stays."""

from datetime import date, timedelta
from pathlib import Path

from bwp_pipeline.warehouse.building import PART
from bwp_pipeline_tests.warehouse_builds import NOON, Row, Warehouse, event, snapshot

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
    it.build_mart("fct_delivery_items")
    assert _keys(it) == {"early": "p-1"}

    named = bare | {"sku": {"value": "MUG"}}
    later = snapshot(package("DELIVERED", named), order_id="later")
    it.answer(LAST, [later], name="b")
    it.build_mart("fct_delivery_items")
    assert _keys(it) == {"early": "MUG", "later": "MUG"}

    # Once seen, it stays known.
    again = snapshot(package("DELIVERED", bare), order_id="later", at=NOON + timedelta(hours=1))
    it.answer(LAST, [again], name="c")
    it.build_mart("fct_delivery_items")
    assert _keys(it) == {"early": "MUG", "later": "MUG"}


def _keys(it: Warehouse) -> dict[str, str]:
    rows = it.rows("select order_id, product_key from marts.fct_delivery_items")
    return {row["order_id"]: row["product_key"] for row in rows}


def test_a_file_that_changed_takes_its_former_rows_with_it(tmp_path: Path) -> None:
    it = Warehouse(tmp_path)
    first = event("PACKAGE_DELIVERED", "order/O-1/delivery/d1")
    older = NOON - timedelta(days=2)
    it.archive(LAST, [first, event("PACKAGE_DELIVERED", "order/O-2/delivery/d1", at=older)])
    it.build_mart("fct_events", "dim_orders")
    it.archive(LAST, [first])
    it.build_mart("fct_events", "dim_orders")

    assert [row["order_id"] for row in it.rows("from marts.fct_events")] == ["O-1"]
    assert [row["order_id"] for row in it.rows("from marts.dim_orders")] == ["O-1"]


def test_an_event_that_names_several_orders_reaches_each_of_them(tmp_path: Path) -> None:
    it = Warehouse(tmp_path)
    it.build_mart("fct_events")
    it.archive(LAST, [event("REFUND_REQUESTED", "order/O-1/refund/r1", "order/O-2/refund/r%232")])
    it.build_mart("fct_events")

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
    it.build_mart("fct_events")
    it.archive(LAST, [second, event("INVENTORY_CHANGED", product, at=NOON + timedelta(hours=1))])
    it.build_mart("fct_events")
    it.archive(LAST, [first, second], name="copies")
    it.build_mart("fct_events")

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
    it.build_mart("dim_orders", "fct_delivery_items")
    for back in (100, 1):
        day, then = LAST - timedelta(days=back), NOON - timedelta(days=back)
        it.archive(day, [event("PACKAGE_DELIVERED", f"order/O-{back}9/delivery/d1", at=then)])
        it.answer(day, [snapshot(package("DELIVERED", mug), order_id=f"O-{back}9", at=then)])
        it.build_mart("dim_orders", "fct_delivery_items")
    news = [event("ORDER_CREATED", "order/O-1", at=late), event("ORDER_CREATED", "order/O-2")]
    it.archive(LAST, news)
    it.build_mart("dim_orders", "fct_delivery_items")

    assert it.rows("select order_id, events, first_event_at from marts.dim_orders order by 1")[
        :1
    ] == [{"order_id": "O-1", "events": 2, "first_event_at": late.replace(tzinfo=None)}]
    assert it.rows(
        "select state, shipped_at, count(*) over () as rows from marts.fct_delivery_items"
        " where order_id = 'O-1'"
    ) == [{"state": "IN_TRANSIT", "shipped_at": at.replace(tzinfo=None), "rows": 1}]


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
