"""Answers that no working API should give: each costs its own order and nothing else."""

import asyncio
import json
import zlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest
from obstore.store import MemoryStore
from starlette.responses import JSONResponse, Response, StreamingResponse

from bwp_pipeline.api import ApiUnreachable, OrderRef, QueryRefused, RetryPolicy, fetch_orders
from bwp_pipeline.api.stock import ProductRef, fetch_stock
from bwp_pipeline.lake import Lake
from bwp_pipeline_tests.servers.api_server import (
    STORE,
    Account,
    ApiServer,
    graphql_error,
    order,
)

HASTY = RetryPolicy(
    attempts=3, pause=0.01, longest_pause=0.02, outage=0.1, failures_in_a_row=8, read_timeout=2.0
)
ODD = [f"322-odd{index:02}" for index in range(20)]
GOOD = [f"322-{index:03}" for index in range(50)]


@dataclass(frozen=True)
class SmallAccount(Account):
    """Bounds that a test can break soon."""

    api_reply_bytes: int = 1_000_000
    api_reply_seconds: float = 20.0


def fetch(account: Account, orders: list[str], lake: Lake) -> None:
    fetch_orders(account, [OrderRef(STORE, id_) for id_ in orders], lake, "run", retry=HASTY)


def statuses(lake: Lake) -> dict[str, str]:
    rows = lake.read("order_snapshots", columns=["order_id", "status"]).to_pylist()
    return {row["order_id"]: row["status"] for row in rows}


def raw(order_json: str) -> Response:
    return Response(f'{{"data": {{"order": {order_json}}}}}', media_type="application/json")


def inflating() -> Response:
    # 200 MB in 200 kB.
    packed = zlib.compressobj(wbits=31)
    content = b"".join(packed.compress(bytes(10**6)) for _ in range(200)) + packed.flush()
    return Response(content, headers={"content-encoding": "gzip"}, media_type="application/json")


def dripping() -> Response:
    async def drip() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0.1)

    return StreamingResponse(drip(), media_type="application/json")


UNUSABLE: dict[str, Callable[[], Response]] = {
    "no id": lambda: raw("{}"),
    "a text": lambda: raw('"hello"'),
    "a list": lambda: raw("[1]"),
    "another order": lambda: raw(json.dumps(order("322-other"))),
    "nested": lambda: raw("[" * 5_000 + "]" * 5_000),
    "unknown error": lambda: JSONResponse({"errors": [{"message": "Internal server error"}]}),
    "unknown encoding": lambda: Response(b"x", headers={"content-encoding": "br"}),
    "inflating": inflating,
}


@pytest.mark.parametrize("kind", UNUSABLE)
def test_unusable_answers_in_a_row_cost_their_orders_and_no_other(
    server: ApiServer, lake: Lake, kind: str
) -> None:
    answer = UNUSABLE[kind]()
    server.fault = lambda _, ids: answer if ids[0] in ODD else None
    fetch(SmallAccount(server.url), [*ODD, *GOOD], lake)

    assert statuses(lake) == dict.fromkeys(ODD, "UNAVAILABLE") | dict.fromkeys(GOOD, "OK")


def test_a_reply_that_never_ends_costs_its_order_only(server: ApiServer, lake: Lake) -> None:
    server.fault = lambda _, ids: dripping() if ids[0] == ODD[0] else None
    fetch(SmallAccount(server.url, api_reply_seconds=0.5), [ODD[0], *GOOD], lake)

    rows = lake.read("order_snapshots").to_pylist()
    (row,) = [row for row in rows if row["status"] != "OK"]
    assert row["order_id"] == ODD[0]
    assert row["error"] == "no complete reply within 0.5 s (BWP_API_REPLY_SECONDS)"
    assert len(rows) == 1 + len(GOOD)


def test_a_working_api_that_answers_nothing_usable_is_not_asked_again_about_each(
    server: ApiServer, lake: Lake
) -> None:
    server.fault = lambda *_: JSONResponse({"errors": [{"message": "Internal server error"}]})
    fetch(Account(server.url, api_concurrency=1), [*ODD, *GOOD], lake)

    assert set(statuses(lake).values()) == {"UNAVAILABLE"}
    assert len(server.requests) == HASTY.unusable_in_a_row * (HASTY.attempts - 1) + 70


def test_half_characters_do_not_cost_an_order(server: ApiServer, lake: Lake) -> None:
    server.fault = lambda _, ids: raw(f'{{"id": "{ids[0]}", "title": "cut \\ud83d"}}')
    fetch(Account(server.url), GOOD, lake)

    rows = lake.read("order_snapshots").to_pylist()
    assert {json.loads(row["payload"])["title"] for row in rows} == {"cut \ufffd"}


def test_an_answer_about_another_order_replaces_no_older_payload(
    server: ApiServer, lake: Lake
) -> None:
    fetch(Account(server.url), [GOOD[0]], lake)
    server.fault = lambda *_: raw("{}")
    fetch(Account(server.url), [GOOD[0]], lake)

    rows = lake.read("order_snapshots").to_pylist()
    assert {row["status"]: row["payload"] is None for row in rows} == {
        "OK": False,
        "UNAVAILABLE": True,
    }


@pytest.mark.parametrize(
    "words", ["Invalid order id", "The value of 'orderId' is invalid", "order state lineItems"]
)
def test_many_ids_that_the_api_calls_invalid_are_rows_and_stop_nothing(
    server: ApiServer, lake: Lake, words: str
) -> None:
    refusal = JSONResponse({"errors": [graphql_error("ValidationError", words)]}, 400)
    server.fault = lambda _, ids: refusal if ids[0] in ODD else None
    fetch(Account(server.url), [*ODD, *GOOD], lake)

    assert statuses(lake) == dict.fromkeys(ODD, "INVALID") | dict.fromkeys(GOOD, "OK")


@pytest.mark.parametrize(
    "words",
    [
        "Cannot query field 'packageInformation' on type 'Order'.",
        'Field "Order.lineItems" is undefined',
        "Unknown field lineItems",
        "Validation error (FieldUndefined@[order/lineItems]) : not known",
    ],
)
def test_the_query_is_blamed_where_the_errors_name_its_fields(
    server: ApiServer, lake: Lake, words: str
) -> None:
    refusal = JSONResponse({"errors": [graphql_error("ValidationError", words)]}, 400)
    server.fault = lambda *_: refusal
    with pytest.raises(QueryRefused, match="BWP_API_VERSION"):
        fetch(Account(server.url), GOOD, lake)

    assert statuses(lake) == {}


def test_an_invalid_order_costs_no_other_order_its_products_identifiers(
    server: ApiServer, lake: Lake
) -> None:
    error = graphql_error("ValidationError", "the sku of this order is no valid sku")
    server.fault = lambda _, ids: JSONResponse({"errors": [error]}, 400) if ids[0] in ODD else None
    fetch(Account(server.url), [*ODD, *GOOD], lake)

    assert "amazonSku" in server.bodies[-1]["query"]


@pytest.mark.parametrize("token", ["tökén", "two words", "line\nfeed", "\x7f"])
def test_a_token_that_no_header_can_carry_is_one_line_about_the_token_endpoint(
    server: ApiServer, lake: Lake, token: str
) -> None:
    server.token_fault = lambda _: JSONResponse({"access_token": token})
    with pytest.raises(ApiUnreachable) as stopped:
        fetch(Account(server.url), GOOD, lake)

    said = str(stopped.value)
    assert f"the token endpoint {server.url}/token" in said
    assert "a token that can't be sent in a header" in said
    assert "\n" not in said
    assert token not in said


@pytest.mark.parametrize(
    "answer", [b"[" * 5_000 + b"]" * 5_000, b"\xff\xfe", b"[1]", b'{"access_token": []}']
)
def test_an_odd_answer_of_the_token_endpoint_is_one_line(
    server: ApiServer, lake: Lake, answer: bytes
) -> None:
    server.token_fault = lambda _: Response(answer, media_type="application/json")
    with pytest.raises(ApiUnreachable, match="token endpoint"):
        fetch(Account(server.url), GOOD[:2], lake)


def test_an_endless_token_reply_is_bounded_too(server: ApiServer, lake: Lake) -> None:
    endless = inflating()
    server.token_fault = lambda _: endless
    with pytest.raises(ApiUnreachable, match="BWP_API_REPLY_MB"):
        fetch(SmallAccount(server.url), GOOD[:2], lake)


LAKE = Lake("s3://bucket/lake/", MemoryStore())
STOCK = [ProductRef(STORE, f"SKU-{index}", f"SKU-{index}", None) for index in range(33)]


@pytest.mark.parametrize("version", ["2024-01-01", "2024-04-01"])
def test_a_version_without_products_is_not_asked_for_stock(server: ApiServer, version: str) -> None:
    answers = fetch_stock(Account(server.url, api_version=version), STOCK, LAKE, retry=HASTY)

    assert server.requests == []
    assert [answer.error for answer in answers] == [
        f"the API version {version} offers no stock (BWP_API_VERSION)"
    ] * 33


def test_a_query_for_stock_that_is_refused_is_asked_no_more(server: ApiServer) -> None:
    error = graphql_error("ValidationError", "Cannot query field 'product' on type 'Query'.")
    server.fault = lambda *_: JSONResponse({"errors": [error]}, 400)
    answers = fetch_stock(Account(server.url), STOCK, LAKE, retry=HASTY)

    assert len(server.requests) == 1
    assert len(answers) == 33
    assert all("Cannot query field 'product'" in str(answer.error) for answer in answers)


@pytest.mark.parametrize(
    "product",
    [
        {"inventoryItem": "hello"},
        {"buyability": [1]},
        {"inventoryItem": {"buyable": {"amount": "many", "unit": "ONE"}}},
        {"inventoryItem": {"buyable": {"amount": "1e999", "unit": "ONE"}}},
        {"inventoryItem": {"buyable": {"amount": "NaN", "unit": "ONE"}}},
    ],
)
def test_stock_of_an_odd_form_is_unknown_and_ends_nothing(
    server: ApiServer, product: dict[str, object]
) -> None:
    server.orders = lambda _: product
    (answer,) = fetch_stock(Account(server.url), STOCK[:1], LAKE, retry=HASTY)

    assert answer.buyable_units is None
