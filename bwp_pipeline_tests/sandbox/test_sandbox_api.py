"""The sandbox's API answers as the documented one: versions, credentials, errors."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
from graphql import execute_sync, parse

from bwp_pipeline.sandbox import World, create_app, run_server
from bwp_pipeline.sandbox.api.execution import schema
from bwp_pipeline.sandbox.api.values import VERSIONS

PACKAGES = {
    "2024-01-01": "deliveryInformation",
    "2024-04-01": "deliveryInformation",
    "2024-11-01": "packageInformation",
}
LINE = {
    "2024-01-01": "quantity { unit amount } lineItemAliases { aliasId } purchasedItem {"
    " title itemIdentifiers { identifierType identifierValue }"
    " price { currentPrice { amount currencyCode } } }",
    "2024-04-01": "aliases { aliasId aliasType } product { ...Product }",
    "2024-11-01": "aliases { aliasId aliasType } product { ...Product }"
    " deliveryOffer { details { date { earliest latest } deliveryTerms { isPrimeEligible } } }",
}
PRODUCT = """fragment Product on PurchasedProductView {
  productId { value } sku { value } amazonSku { value } externalId { value } title
  price { amount currencyCode } }"""


def order_query(version: str) -> str:
    """All that a reader of orders could want, in that version's words."""
    info = PACKAGES[version]
    refunded = "refundedQuantity { amount }" if version == "2024-01-01" else "amount { value }"
    return f"""query Snapshot($ref: OrderIdentifierInput!) {{ order(orderIdentifier: $ref) {{
      id aliases {{ aliasType aliasId }} metadata {{ createdAt updatedAt }}
      {info} {{ summary {{ state }} }}
      refunds {{ details {{ id state refundFor {{
        orderLineItems {{ lineItem {{ id }} {refunded} }} }} }} }}
      returns {{ details {{ id state }} }}
      lineItems {{ __typename id createdAt amount {{ value unit }} {LINE[version]}
        {info} {{ details {{ id state reason
          {info}DetailsFor {{ orderLineItems {{ lineItem {{ id }} amount {{ value }} }} }} }} }}
        cancellations {{ details {{ state reason requestedBy createdAt updatedAt
          canceledFor {{ orderLineItems {{ lineItem {{ id }} }} }} }} }} }} }} }}
    {PRODUCT if version != "2024-01-01" else ""}"""


@pytest.fixture(scope="module")
def world() -> World:
    return World(seed=3, days=12, orders_per_day=40, end=date(2026, 11, 1), store_count=2)


class Caller:
    """A client of one of the world's stores."""

    def __init__(self, http: httpx.Client, world: World, store: int = 0) -> None:
        self.http = http
        self.store = world.stores[store]
        form = {
            "grant_type": "client_credentials",
            "client_id": self.store.client_id,
            "client_secret": self.store.client_secret,
        }
        self.token = http.post("/token", data=form).json()
        self.headers = {
            "authorization": f"Bearer {self.token['access_token']}",
            "x-api-target-id": self.store.business_product_id,
        }

    def ask(
        self, query: str, variables: dict[str, Any] | None = None, **headers: str
    ) -> httpx.Response:
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        body = {"query": query, "variables": variables or {}}
        return self.http.post("/graphql", json=body, headers={**self.headers, **more})


@pytest.fixture(scope="module")
def http(world: World) -> Iterator[httpx.Client]:
    with run_server(create_app(world)) as server, httpx.Client(base_url=server.url) as client:
        yield client


@pytest.fixture(scope="module")
def caller(http: httpx.Client, world: World) -> Caller:
    return Caller(http, world)


def error_type(answer: httpx.Response) -> str:
    return str(answer.json()["errors"][0]["extensions"]["classification"]["type"])


@pytest.mark.parametrize("version", VERSIONS)
def test_each_version_answers_as_graphql_core_would(
    world: World, caller: Caller, version: str
) -> None:
    query = order_query(version)
    orders = [
        o for o in world.orders() if o.business_product_id == caller.store.business_product_id
    ]
    for order in orders[:40]:
        whole = world.order(order.id, version=version)
        expected = execute_sync(
            schema(version),
            parse(query),
            {"order": lambda _, whole=whole, **__: whole},
            variable_values={"ref": {"orderId": order.id}},
        )
        assert expected.errors is None
        answer = caller.ask(query, {"ref": {"orderId": order.id}}, x_api_version=version)
        assert answer.status_code == 200
        assert answer.json() == json.loads(json.dumps({"data": expected.data}))


def test_versions_tell_the_same_facts(world: World, caller: Caller) -> None:
    order = next(
        o for o in world.orders() if o.business_product_id == world.stores[0].business_product_id
    )
    facts = set()
    for version in VERSIONS:
        answer = caller.ask(
            order_query(version), {"ref": {"orderId": order.id}}, x_api_version=version
        ).json()["data"]["order"]
        details = [
            (d["id"], d["state"], d["reason"])
            for line in answer["lineItems"]
            for d in line[PACKAGES[version]]["details"]
        ]
        facts.add((answer["id"], answer["metadata"]["createdAt"], tuple(details)))
    assert len(facts) == 1


def test_the_oldest_version_takes_a_bare_order_id(world: World, caller: Caller) -> None:
    order = next(world.orders())
    query = f'{{ order(orderId: "{order.id}") {{ id }} }}'
    answer = caller.ask(query, x_api_version="2024-01-01")
    assert answer.json() == {"data": {"order": {"id": order.id}}}
    assert error_type(caller.ask(query, x_api_version="2024-11-01")) == "ValidationError"


def test_orders_are_found_by_their_external_id(world: World, caller: Caller) -> None:
    order = next(world.orders())
    alias = {"aliasId": "web-100000", "aliasType": "EXTERNAL_ID"}
    query = "query($ref: OrderIdentifierInput!) { order(orderIdentifier: $ref) { id } }"
    answer = caller.ask(query, {"ref": {"alias": alias}})
    assert answer.json()["data"]["order"]["id"] == order.id


def test_several_orders_are_answered_by_aliases_and_errors_name_theirs(
    world: World, caller: Caller
) -> None:
    mine = [
        o.id for o in world.orders() if o.business_product_id == caller.store.business_product_id
    ]
    query = (
        "query($a: OrderIdentifierInput!, $b: OrderIdentifierInput!, $c: OrderIdentifierInput!) {"
        " a: order(orderIdentifier: $a) { ...S } b: order(orderIdentifier: $b) { ...S }"
        " c: order(orderIdentifier: $c) { ...S } } fragment S on Order { id }"
    )
    refs = {
        "a": {"orderId": mine[0]},
        "b": {"orderId": "322-0000-000000"},
        "c": {"orderId": mine[1]},
    }
    answer = caller.ask(query, refs).json()
    assert answer["data"] == {"a": {"id": mine[0]}, "b": None, "c": {"id": mine[1]}}
    assert [error["path"] for error in answer["errors"]] == [["b"]]


def test_fields_are_skipped_and_included_as_variables_say(world: World, caller: Caller) -> None:
    order_id = next(world.orders()).id
    query = (
        "query($ref: OrderIdentifierInput!, $more: Boolean!) { order(orderIdentifier: $ref) {"
        " id @skip(if: $more) aliases @include(if: $more) { aliasType } } }"
    )
    for more, fields in ((True, {"aliases"}), (False, {"id"})):
        answer = caller.ask(query, {"ref": {"orderId": order_id}, "more": more}).json()
        assert answer["data"]["order"].keys() == fields


def test_answers_are_as_of_the_moment_asked_for(world: World, caller: Caller) -> None:
    order = next(
        o for o in world.orders() if o.business_product_id == caller.store.business_product_id
    )
    query = (
        f'{{ order(orderIdentifier: {{orderId: "{order.id}"}}) {{'
        " packageInformation { summary { state } } } }"
    )
    placed = datetime.fromtimestamp(order.placed, UTC).isoformat()
    answer = caller.ask(query, x_sandbox_at=placed).json()
    assert answer["data"]["order"] == {"packageInformation": {"summary": {"state": "PENDING"}}}
    assert (
        error_type(caller.ask(query, x_sandbox_at="2020-01-01T00:00:00Z"))
        == "ResourceNotFoundError"
    )


def test_tokens_live_fifteen_minutes_and_only_they_open_the_api(
    http: httpx.Client, world: World, caller: Caller
) -> None:
    assert caller.token["expires_in"] == 900
    assert caller.ask("{ __typename }", authorization="Bearer nonsense").status_code == 401
    form = {"grant_type": "client_credentials", "client_id": "sandbox", "client_secret": "wrong"}
    assert http.post("/token", data=form).status_code == 401
    assert http.post("/token", data={**form, "grant_type": "password"}).status_code == 400
    assert http.post("/graphql", content=b"{", headers=caller.headers).status_code == 400
    assert world.stores[0].client_secret == "sandbox-secret"


def test_a_store_sees_its_own_orders_only(http: httpx.Client, world: World) -> None:
    first, second = Caller(http, world), Caller(http, world, store=1)
    order = next(
        o for o in world.orders() if o.business_product_id == second.store.business_product_id
    )
    query = f'{{ order(orderIdentifier: {{orderId: "{order.id}"}}) {{ id }} }}'
    assert second.ask(query).json()["data"]["order"] == {"id": order.id}
    assert error_type(first.ask(query)) == "AccessDeniedError"
    other = first.ask(query, x_api_target_id=second.store.business_product_id)
    assert error_type(other) == "AccessDeniedError"
    assert other.json()["data"] is None


def test_mistakes_in_a_query_are_validation_errors(caller: Caller) -> None:
    for query in (
        "{ order }",
        "{",
        "{ orders { id } }",
        "query A { __typename } query B { __typename }",
    ):
        answer = caller.ask(query)
        assert error_type(answer) == "ValidationError"
        assert answer.json()["data"] is None
    assert error_type(caller.ask("{ __typename }", x_api_version="2030-01-01")) == "ValidationError"
    query = "query($ref: OrderIdentifierInput!) { order(orderIdentifier: $ref) { id } }"
    assert error_type(caller.ask(query, {"ref": {"order": "x"}})) == "ValidationError"


def test_stock_and_tracking_can_be_asked_for(world: World, caller: Caller) -> None:
    product = next(p for p in caller.store.catalog.products if p.sku)
    query = (
        f'{{ inventoryItem(inventoryItemId: "{product.inventory_item_id}") {{'
        " buyableQuantity { amount unit } product { sku { value } } }"
        f' product(identifier: {{sku: "{product.sku}"}}) {{ id buyability {{ status }} }} }}'
    )
    answer = caller.ask(query).json()["data"]
    assert answer["inventoryItem"]["product"] == {"sku": {"value": product.sku}}
    assert answer["inventoryItem"]["buyableQuantity"]["amount"] >= 0
    assert answer["product"]["id"] == product.product_id
    number = next(
        d.tracking_number
        for o in world.orders()
        if o.business_product_id == caller.store.business_product_id
        for d in o.deliveries
        if d.tracking_number
    )
    query = (
        "query($n: String!) { packageTracker(packageTrackerInput: {packageTrackerIdentifier:"
        ' {trackingNumber: $n, carrierCode: "ups"}}) { milestones { status { code } } } }'
    )
    answer = caller.ask(query, {"n": number}).json()["data"]
    assert answer["packageTracker"]["milestones"][0]["status"]["code"] == "IN_TRANSIT"
    assert error_type(caller.ask(query, {"n": "1Z0"})) == "ResourceNotFoundError"
