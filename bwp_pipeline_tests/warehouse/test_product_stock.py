"""Stock as Amazon tells it: asked over HTTP, kept in a file, shown in the report."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from obstore.store import MemoryStore
from pydantic import SecretStr
from starlette.responses import JSONResponse, Response

from bwp_pipeline.api.stock import ProductRef, ProductStock, fetch_stock
from bwp_pipeline.lake import Lake
from bwp_pipeline.reports.stock.asked import (
    products_to_ask,
    read_asked_stock,
    write_asked_stock,
)
from bwp_pipeline.reports.stock.files import read_stock_files
from bwp_pipeline.reports.stock.terms import Holding
from bwp_pipeline.sandbox import World, create_app, run_server
from bwp_pipeline.warehouse.loading import marts_path
from bwp_pipeline_tests.examples.warehouse_builds import NOON, Warehouse, event, snapshot
from bwp_pipeline_tests.servers.api_server import (
    STORE,
    Account,
    ApiServer,
    graphql_error,
    serving,
    store,
)

MUG = ProductRef(STORE, "MUG", "MUG", "p-mug")
CUP = ProductRef(STORE, "CUP", "CUP", None)


@pytest.fixture
def server() -> Iterator[ApiServer]:
    with serving(ApiServer(orders=_product)) as it:
        yield it


TODAY = date(2026, 11, 1)

LAKE = Lake("s3://bucket/lake/", MemoryStore())


def _product(sku: str) -> dict[str, object]:
    quantity = {"amount": len(sku), "unit": "ONE"}
    return {
        "buyability": {"status": "BUYABLE"},
        "inventoryItem": {"inventoryItemId": f"in-{sku}", "buyable": quantity},
    }


@pytest.mark.parametrize("batch", [1, 10])
def test_the_sandbox_tells_each_products_stock_by_sku_or_product_id(batch: int) -> None:
    world = World(seed=5, days=20, orders_per_day=20, end=TODAY)
    own = world.stores[0]
    refs = [
        ProductRef(own.business_product_id, one.key, one.sku, one.product_id)
        for one in own.catalog.products
    ]
    with run_server(create_app(world)) as api:
        credentials = replace(
            store(own.business_product_id),
            client_id=own.client_id,
            client_secret=SecretStr(own.client_secret),
        )
        account = Account(
            api.graphql_url.removesuffix("/graphql"),
            stores={own.business_product_id: credentials},
            api_batch=batch,
        )
        found = fetch_stock(account, refs, LAKE)
    told = {one.ref.product_key: (one.buyable_units, one.buyability, one.error) for one in found}
    expected: dict[str, object] = {
        one.key: (
            Decimal(own.catalog.stock(one, world.now)),
            "NOT_BUYABLE" if own.catalog.is_hidden(one, world.now) else "BUYABLE",
            None,
        )
        for one in own.catalog.products
    }
    assert told == expected


def test_an_api_that_has_renamed_the_quantity_is_asked_by_its_new_name(server: ApiServer) -> None:
    def renamed(it: ApiServer, _: list[str]) -> Response | None:
        if "buyableQuantity" not in it.bodies[-1]["query"]:
            return None
        error = graphql_error("Validation", "Field 'buyableQuantity' is undefined")
        return JSONResponse({"data": None, "errors": [error]})

    server.fault = renamed
    found = fetch_stock(Account(server.url), [MUG, CUP], LAKE)
    assert [one.buyable_units for one in found] == [3, 3]
    assert len(server.bodies) == 3


def test_without_the_scope_the_units_are_unknown_and_the_reason_is_told(server: ApiServer) -> None:
    def denied(_: ApiServer, __: list[str]) -> Response:
        error = graphql_error("AccessDenied", "needs Read Inventory", "product0", "inventoryItem")
        data = {"product0": {"buyability": {"status": "NOT_BUYABLE"}, "inventoryItem": None}}
        return JSONResponse({"data": data, "errors": [error]})

    server.fault = denied
    (found,) = fetch_stock(Account(server.url), [MUG], LAKE)
    assert found.buyable_units is None
    assert found.buyability == "NOT_BUYABLE"
    assert found.error == "AccessDenied: needs Read Inventory"


def test_refused_credentials_and_other_stores_never_end_in_an_exception(server: ApiServer) -> None:
    server.token_fault = lambda _: JSONResponse({"error": "invalid_client"}, 401)
    elsewhere = ProductRef("bp-2", "MUG", "MUG", None)
    found = fetch_stock(Account(server.url), [MUG, CUP, elsewhere], LAKE)
    assert [one.ref for one in found] == [MUG, CUP]
    assert all(one.error and "invalid_client" in one.error for one in found)


def test_the_list_is_asked_about_and_events_tell_since_when(tmp_path: Path) -> None:
    it = Warehouse(tmp_path)
    day = date(2026, 3, 10)
    line = {"id": "l1", "amount": {"unit": "ONE", "value": 2}}
    amounts = {"orderLineItems": [{"lineItem": {"id": "l1"}, "amount": line["amount"]}]}
    package = {"id": "d1", "packageInformationDetailsFor": amounts}
    for order_id, state, reason in (
        ("o-1", "CANCELLED", "UNFULFILLABLE"),
        ("o-2", "DELIVERED", ""),
    ):
        product = {"productId": {"value": "p-mug"}, "sku": {"value": "MUG"}, "title": "Mug"}
        details = [package | {"state": state, "reason": reason or None}]
        order = {
            "lineItems": [line | {"product": product, "packageInformation": {"details": details}}]
        }
        it.answer(day, [snapshot(order, order_id=order_id)], name=order_id)
    hidden = NOON - timedelta(days=1)
    it.archive(
        day,
        [
            event("PACKAGE_DELIVERY_CANCELLED", "order/o-1/delivery/d1"),
            event("BUYABILITY_CHANGED", "items/p-mug", at=hidden),
            event("BUYABILITY_CHANGED", "items/p-mug", at=hidden - timedelta(days=3)),
            event("INVENTORY_CHANGED", "inventory-item/in-mug", at=hidden),
        ],
    )
    it.build_mart("active_products", "fct_events")

    (ref,) = products_to_ask(marts_path(it.path), most=9)
    assert (ref.product_key, ref.sku, ref.product_id) == ("MUG", "MUG", "p-mug")
    asked_at = datetime(2026, 3, 12, tzinfo=UTC)
    answer = ProductStock(ref, asked_at, Decimal(12), "NOT_BUYABLE", "in-mug")
    written = write_asked_stock([answer], marts_path(it.path), tmp_path)

    assert read_asked_stock(tmp_path) == written
    (asked,) = written.products.values()
    assert asked.not_buyable_since == asked.buyability_changed_at == hidden
    assert asked.stock_changed_at == hidden
    assert written.problems() == []


def test_the_merchants_own_count_goes_before_amazons(tmp_path: Path) -> None:
    (tmp_path / "stock.json").write_text(
        '[{"business_product_id": "bp-1", "product_key": "MUG", "buyable_units": "12",'
        ' "asked_at": "2026-11-20T05:00:00Z"},'
        ' {"business_product_id": "bp-1", "product_key": "CUP", "error": "AccessDenied: no",'
        ' "asked_at": "2026-11-20T05:00:00Z"}]'
    )
    found = read_stock_files(tmp_path)
    assert found.holding("bp-1", "MUG", "MUG", TODAY) == Holding(Decimal(12), is_amazons=True)
    assert found.holding("bp-2", "MUG", "MUG", TODAY) is None
    assert found.holding("bp-1", None, "CUP", TODAY) is None
    assert found.asked.problems("bp-1") == [
        "Amazon returned no stock for 1 product: AccessDenied: no"
    ]
    assert found.asked.problems("bp-2") == []

    (tmp_path / "inventory.csv").write_text("sku,on_hand\nMUG,5\n")
    assert read_stock_files(tmp_path).holding("bp-1", "MUG", "MUG", TODAY) == Holding(Decimal(5))


def test_a_broken_file_of_answers_says_nothing_of_stock_and_that_it_is_broken(
    tmp_path: Path,
) -> None:
    (tmp_path / "stock.json").write_text("[{")
    asked = read_asked_stock(tmp_path)
    assert asked.products == {}
    assert "can't be read" in (asked.problem or "")
