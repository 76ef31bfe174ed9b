"""What Amazon tells of stock, through the lake and SQL to product days."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from bwp_pipeline.api.stock import ProductRef, ProductStock
from bwp_pipeline.api.stock_answers import keep_stock_answers
from bwp_pipeline_tests.examples.order_payloads import line, package
from bwp_pipeline_tests.examples.warehouse_builds import STORE, Row, Warehouse, event, snapshot

MUG = ProductRef(STORE, "MUG", "MUG", "id-mug")
LAST = date(2026, 3, 10)
DAYS = (
    "select day, buyable_units, is_buyable, round(in_stock_probability, 6) as in_stock"
    " from marts.fct_product_days order by day"
)


def at(day: int) -> datetime:
    return datetime(2026, 3, day, 12, tzinfo=UTC)


def answer(day: int, units: int | None, buyability: str | None) -> ProductStock:
    known = None if units is None else Decimal(units)
    return ProductStock(MUG, at(day), buyable_units=known, buyability=buyability)


def gone(day: int) -> Row:
    """An event that tells what has changed, as those of late 2025 do."""
    told = {"data": {"product": {"id": "id-mug", "buyability": {"status": "NOT_BUYABLE"}}}}
    changed = event("BUYABILITY_CHANGED", "items/id-mug", at=at(day))
    return changed | {"detail": json.dumps(told)}


def shop(directory: Path) -> Warehouse:
    """A mug that shipped on March 8th; Amazon told of it before, and on the days after."""
    it = Warehouse(directory)
    order = {"id": "O-1", "lineItems": [line("l1", 1, package("d1", "IN_TRANSIT", l1=1))]}
    it.answer(LAST, [snapshot(order, order_id="O-1", at=at(9))])
    shipped = event("PACKAGE_DELIVERY_IN_TRANSIT", "order/O-1/delivery/d1", at=at(8))
    nothing = event("BUYABILITY_CHANGED", "items/id-mug", at=at(8))
    it.archive(LAST, [shipped, nothing | {"detail": "{not json"}, gone(10)])
    keep_stock_answers(
        it.lake,
        [answer(7, 5, None), answer(9, 0, "BUYABLE"), answer(10, None, None)],
    )
    return it


def test_a_day_holds_what_amazon_told_last_that_day(tmp_path: Path) -> None:
    it = shop(tmp_path)
    it.build_mart("fct_product_days")
    rows = [(row["day"].day, row["buyable_units"], row["is_buyable"]) for row in it.rows(DAYS)]
    assert rows == [(8, None, None), (9, 0, True), (10, None, False)]
    assert it.rows(DAYS)[2]["in_stock"] < 0.5


def test_an_answer_that_comes_in_late_changes_its_day_and_those_after_it(tmp_path: Path) -> None:
    it = shop(tmp_path / "late")
    it.build_mart("fct_product_days")
    before = it.rows(DAYS)
    late = [ProductStock(MUG, at(9) + timedelta(hours=3), Decimal(40), "BUYABLE")]
    keep_stock_answers(it.lake, late)
    it.build_mart("fct_product_days")
    after = it.rows(DAYS)

    at_once = shop(tmp_path / "at once")
    keep_stock_answers(at_once.lake, late)
    at_once.build_mart("fct_product_days")
    assert after == at_once.rows(DAYS)
    assert after[0] == before[0]
    assert after[1]["in_stock"] > before[1]["in_stock"]
    assert after[2]["in_stock"] != before[2]["in_stock"]
