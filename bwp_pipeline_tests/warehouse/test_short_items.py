"""Which product of an order was the missing one, per item (`marts.fct_short_items`)."""

from datetime import UTC, date, datetime

import pytest

from bwp_pipeline_tests.examples.order_payloads import line, package
from bwp_pipeline_tests.examples.warehouse_builds import Row, Warehouse, event, snapshot

LAST = date(2026, 3, 12)


def stopped(it: Warehouse, order_id: str, day: int, products: list[str]) -> list[Row]:
    """An order that Amazon could not fulfil, its products in one package."""
    lines = {f"l-{product}": 2 for product in products}
    lost = package("d1", "CANCELLED", "UNFULFILLABLE", **lines)
    items = [line(f"l-{product}", 2, lost, product=product) for product in products]
    at = datetime(2026, 3, day, 12, tzinfo=UTC)
    order = {"id": order_id, "lineItems": items}
    it.answer(LAST, [snapshot(order, order_id=order_id, at=at)], name=order_id)
    return [event("PACKAGE_DELIVERY_CANCELLED", f"order/{order_id}/delivery/d1", at=at)]


def shipped(it: Warehouse, order_id: str, day: int, product: str) -> list[Row]:
    """An order of one product that left the warehouse."""
    at = datetime(2026, 3, day, 12, tzinfo=UTC)
    order = {
        "id": order_id,
        "lineItems": [line("l1", 1, package("d1", "IN_TRANSIT", l1=1), product=product)],
    }
    it.answer(LAST, [snapshot(order, order_id=order_id, at=at)], name=order_id)
    return [event("PACKAGE_DELIVERY_IN_TRANSIT", f"order/{order_id}/delivery/d1", at=at)]


@pytest.fixture(scope="module")
def items(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Row]:
    """Mugs fail alone, pots ship; then both are in an order that stops."""
    it = Warehouse(tmp_path_factory.mktemp("short"))
    events = [
        *(found for day in (8, 9, 10) for found in stopped(it, f"MUG-{day}", day, ["mug"])),
        *(found for day in (8, 9, 10, 11) for found in shipped(it, f"POT-{day}", day, "pot")),
        *stopped(it, "BOTH", 11, ["mug", "pot"]),
    ]
    it.archive(LAST, events)
    it.build_mart("fct_short_items")
    rows = it.rows("from marts.fct_short_items")
    assert len(rows) == 5
    return {(row["order_id"], row["product_key"]): row for row in rows}


def test_a_product_that_stopped_alone_was_the_missing_one(
    items: dict[tuple[str, str], Row],
) -> None:
    row = items["MUG-9", "MUG"]
    assert (row["evidence"], row["probability_short"], row["units"]) == ("direct", 1, 2)
    assert row["decided_on"] == date(2026, 3, 9)


def test_an_order_of_several_is_laid_to_the_product_that_fails_elsewhere(
    items: dict[tuple[str, str], Row],
) -> None:
    assert items["BOTH", "MUG"]["evidence"] == items["BOTH", "POT"]["evidence"] == "shared"
    assert items["BOTH", "MUG"]["probability_short"] > 0.9
    assert items["BOTH", "POT"]["probability_short"] < 0.2
