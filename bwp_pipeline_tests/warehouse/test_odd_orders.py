"""Odd orders cost one thing each: all in one build, beside good ones that nothing happens to."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bwp_pipeline_tests.examples.warehouse_builds import Warehouse, event, snapshot
from bwp_pipeline_tests.warehouse.odd_orders import DAY, ORDERS, SHIPPED


@pytest.fixture(scope="module")
def it(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    made = Warehouse(tmp_path_factory.mktemp("odd"), timezone="Asia/Tokyo")
    made.answer(DAY, [snapshot(row, order_id=name) for name, row in ORDERS.items()])
    cancelled = {"no price", "with price", "merchant's own", "both systems", "recalled"}
    made.archive(
        DAY,
        [
            event(
                "PACKAGE_DELIVERY_CANCELLED"
                if name in cancelled
                else "PACKAGE_DELIVERY_IN_TRANSIT",
                f"order/{name.replace(' ', '-')}/delivery/d1",
                at=SHIPPED,
            )
            | {"order_id": name}
            for name in ORDERS
        ]
        + [
            event(
                "RETURN_PACKAGE_DELIVERY_FAILED", "order/a/return/r1/return-package/p1", at=SHIPPED
            )
            | {"order_id": "arrived after all"}
        ],
    )
    made.build()
    return made


def items(it: Warehouse, order_id: str, columns: str) -> list[tuple[Any, ...]]:
    query = f"select {columns} from marts.fct_delivery_items where order_id = '{order_id}'"  # noqa: S608 -- own names
    return [
        tuple(row.values()) for row in it.rows(query.replace("r's", "r''s").replace("t's", "t''s"))
    ]


def found(it: Warehouse, check: str) -> tuple[int, str | None]:
    ((row),) = it.rows(
        f"select found, examples from reports.data_quality where check_name = '{check}'"  # noqa: S608 -- own names
    )
    return row["found"], row["examples"]


def test_good_orders_are_as_if_the_odd_ones_were_not_there(it: Warehouse) -> None:
    assert items(it, "good", "units, resolved_by, root_cause") == [(Decimal(2), "EVENT", None)]


def test_an_order_with_one_id_for_two_lines_is_set_aside_and_named(it: Warehouse) -> None:
    assert items(it, "line twice", "units") == []
    assert it.rows("select order_id, reason from meta.orders_set_aside") == [
        {"order_id": "line twice", "reason": "LINE_ITEMS_INDISTINCT"}
    ]
    assert found(it, "orders_set_aside") == (1, "line twice")


def test_units_in_a_package_without_an_id_are_counted(it: Warehouse) -> None:
    assert items(it, "unnamed package", "delivery_id, units") == [("UNKNOWN/DELIVERED", Decimal(2))]
    assert found(it, "delivery_unnamed") == (1, "unnamed package")


def test_entries_that_stand_under_another_line_only_are_told(it: Warehouse) -> None:
    assert found(it, "entries_elsewhere") == (1, "another's entries")


def test_a_blank_sku_is_missing(it: Warehouse) -> None:
    assert items(it, "blank sku", "sku, product_key") == [(None, "id-blank")]


@pytest.mark.parametrize("order_id", ["list for a sku", "object for a sku"])
def test_a_sku_that_is_no_text_names_no_product(it: Warehouse, order_id: str) -> None:
    assert items(it, order_id, "sku, product_key") == [(None, "id-l")]


@pytest.mark.parametrize("order_id", ["endless time", "exponent", "far future"])
def test_times_that_cannot_be_are_not_told(it: Warehouse, order_id: str) -> None:
    assert items(it, order_id, "ordered_at, ordered_on") == [(None, None)]


def test_amounts_that_cannot_be_are_not_told(it: Warehouse) -> None:
    assert items(it, "huge price", "units, unit_price") == [(Decimal(100000), None)]
    assert items(it, "huge units", "units, unit_price") == [(None, Decimal("12.5"))]
    count, examples = found(it, "values_implausible")
    assert count == 4, "three times and a price"
    assert examples == "line createdAt, price"


def test_a_product_whose_price_is_missing_now_and_then_is_one_product(it: Warehouse) -> None:
    assert it.rows(
        "select product_key, currency_code, unfulfilled_units, lost_sales, rank"
        " from reports.unfulfilled_products where product_key = 'MUG'"
    ) == [
        {
            "product_key": "MUG",
            "currency_code": "USD",
            "unfulfilled_units": Decimal(3),
            "lost_sales": Decimal(25),
            "rank": 1,
        }
    ]


def test_a_return_that_arrived_is_no_failure_and_its_attempt_stays_visible(it: Warehouse) -> None:
    failed = it.rows("select order_id from reports.failed_returns")
    assert failed == [{"order_id": "package twice"}]
    ((attempt,),) = (
        row.values()
        for row in it.rows(
            "select failed_at from marts.fct_return_packages where order_id = 'arrived after all'"
        )
    )
    assert attempt == SHIPPED.replace(tzinfo=None)


def test_a_package_that_stands_twice_is_one(it: Warehouse) -> None:
    assert it.rows(
        "select count(*) as n from marts.fct_return_packages where order_id = 'package twice'"
    ) == [{"n": 1}]


def test_what_the_merchant_delivers_itself_is_in_the_facts_only(it: Warehouse) -> None:
    assert items(it, "merchant's own", "root_cause") == [("STOCK",)]
    assert it.rows("from reports.unfulfilled_products where product_key = 'SOFA'") == []
    assert it.rows("from reports.product_performance where product_key = 'SOFA'") == []
    assert found(it, "merchant_delivered") == (1, "merchant's own")
    amazons = "select sum(units) from marts.fct_delivery_items where root_cause = 'STOCK'"
    amazons += " and order_id <> 'merchant''s own'"
    for table in ("key_figures", "daily_summary"):
        counted = f"select sum(unfulfilled_units) from reports.{table}"  # noqa: S608 -- names of ours
        assert it.rows(f"select ({counted}) = ({amazons}) as same") == [{"same": True}], table


def test_reasons_that_contradict_each_other_are_shown(it: Warehouse) -> None:
    assert (
        it.rows("select order_id, root_cause from reports.reason_conflicts order by 1")
        == [
            {"order_id": "both systems", "root_cause": "STOCK"},
            {"order_id": "merchant's own", "root_cause": "STOCK"},
        ][:1]
    )


def test_the_reason_nobody_has_seen_is_the_example(it: Warehouse) -> None:
    assert found(it, "reason_unseen") == (1, "RECALLED")


def test_units_that_nobody_told_are_not_nought(it: Warehouse) -> None:
    ((units,),) = (
        row.values()
        for row in it.rows(
            "select shipped_units from reports.delivery_performance where product_key = 'TEA'"
        )
    )
    assert units is None


def test_what_nothing_names_is_a_product_so_that_joins_lose_nothing(it: Warehouse) -> None:
    assert items(it, "nothing names it", "product_key") == [("UNKNOWN",)]
    assert (
        it.rows(
            "select items.order_id from marts.fct_delivery_items as items"
            " anti join marts.dim_products as products"
            " using (business_product_id, product_key)"
        )
        == []
    )
    assert it.rows(
        "select product_key, orders, unit_price from marts.dim_products"
        " where product_key = 'UNKNOWN'"
    ) == [{"product_key": "UNKNOWN", "orders": 1, "unit_price": None}]


def test_every_figure_of_the_day_says_null_where_it_knows_nothing(tmp_path: Path) -> None:
    it = Warehouse(tmp_path)
    row = ORDERS["unknown units"]
    it.answer(DAY, [snapshot(row, order_id="o")])
    it.archive(DAY, [event("PACKAGE_DELIVERY_IN_TRANSIT", "order/o/delivery/d1", at=SHIPPED)])
    it.build_mart("daily_summary")
    assert it.rows(
        "select shipped_units, delivered_units from reports.daily_summary where day = '2026-03-09'"
    ) == [{"shipped_units": None, "delivered_units": Decimal(0)}]
