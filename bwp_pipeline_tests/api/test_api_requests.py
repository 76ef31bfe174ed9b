"""What is sent to the API: headers, batches, each store at its pace; and that no secret shows."""

import importlib.abc
import json
import logging
import sys

import pytest
from starlette.responses import JSONResponse, Response

from bwp_pipeline.api import (
    OrderRef,
    RetryPolicy,
    fetch_orders,
)
from bwp_pipeline.lake import Lake
from bwp_pipeline_tests.examples.fetched_orders import HASTY, refs, rows
from bwp_pipeline_tests.servers.api_server import (
    STORE,
    Account,
    ApiServer,
    graphql_error,
    order,
    store,
)


def test_requests_carry_token_target_version_and_extra_headers(
    server: ApiServer, lake: Lake
) -> None:
    account = Account(server.url, api_headers={"x-api-access-key": "k"})
    fetch_orders(account, refs(1), lake, "run", retry=HASTY)

    headers = server.requests[0].headers
    assert headers["authorization"] == "Bearer token-1"
    assert headers["x-api-target-id"] == STORE
    assert headers["x-api-version"] == "2024-11-01"
    assert headers["x-api-access-key"] == "k"
    assert server.token_forms == [
        {"grant_type": "client_credentials", "client_id": "client", "client_secret": "the-secret"}
    ]


def test_a_header_that_names_the_target_replaces_the_usual_one(
    server: ApiServer, lake: Lake
) -> None:
    account = Account(server.url, api_headers={"X-Omni-TargetId": "{target_id}"})
    fetch_orders(account, refs(1), lake, "run", retry=HASTY)

    headers = server.requests[0].headers
    assert headers["x-omni-targetid"] == STORE
    assert "x-api-target-id" not in headers


def test_stores_are_fetched_side_by_side_each_at_its_own_pace(
    server: ApiServer, lake: Lake
) -> None:
    answered: list[str] = []

    def fault(api: ApiServer, _: list[str]) -> Response | None:
        # However slow the machine is, the one is throttled until all of the other are there.
        is_slow = api.requests[-1].headers["x-api-target-id"] == "bp-slow"
        is_throttled = is_slow and len(answered) < len(fast)
        return Response("", 429, {"retry-after": "1"}) if is_throttled else None

    def answer(order_id: str) -> dict[str, object]:
        answered.append(order_id)
        return order(order_id)

    server.fault, server.orders = fault, answer
    account = Account(
        server.url, stores={"bp-slow": store("bp-slow", 20.0), "bp-fast": store("bp-fast", 100.0)}
    )
    slow = [OrderRef("bp-slow", f"slow-{index}") for index in range(5)]
    fast = [OrderRef("bp-fast", f"fast-{index}") for index in range(30)]
    counts = fetch_orders(account, [*slow, *fast], lake, "run", retry=HASTY)

    assert counts.by_status == {"OK": 35}
    assert len(server.token_forms) == 2
    assert {*answered[: len(fast)]} == {ref.order_id for ref in fast}


def test_an_api_without_product_identifiers_is_asked_without_them(
    server: ApiServer, lake: Lake, caplog: pytest.LogCaptureFixture
) -> None:
    error = graphql_error("ValidationError", "Field 'amazonSku' in type 'X' is undefined")
    server.fault = lambda api, _: (
        JSONResponse({"errors": [error]}, 200) if "amazonSku" in api.bodies[-1]["query"] else None
    )
    counts = fetch_orders(Account(server.url), refs(20), lake, "run", retry=HASTY)

    assert counts.by_status == {"OK": 20}
    assert caplog.text.count("BWP_API_PRODUCT_IDENTIFIERS") == 1


def test_batches_ask_for_several_orders_at_once(server: ApiServer, lake: Lake) -> None:
    counts = fetch_orders(Account(server.url, api_batch=10), refs(35), lake, "run", retry=HASTY)

    assert counts.by_status == {"OK": 35}
    assert counts.requests == 4
    assert [json.loads(str(row["payload"]))["id"] for row in rows(lake)] == [
        ref.order_id for ref in refs(35)
    ]


@pytest.mark.parametrize("words", ["boom", "validation"])
def test_an_order_that_breaks_its_batch_ends_up_alone(
    server: ApiServer, lake: Lake, words: str
) -> None:
    error = graphql_error("ValidationError", "Poison.")
    broken = Response("boom", 500) if words == "boom" else JSONResponse({"errors": [error]}, 400)
    server.fault = lambda _, ids: broken if "322-0013" in ids else None
    counts = fetch_orders(Account(server.url, api_batch=10), refs(30), lake, "run", retry=HASTY)

    status = "UNAVAILABLE" if words == "boom" else "INVALID"
    assert counts.by_status == {"OK": 29, status: 1}
    assert [row["order_id"] for row in rows(lake) if row["status"] == status] == ["322-0013"]
    assert set(server.answered.values()) == {1}


def test_neither_token_nor_secret_appears_in_logs_lake_or_errors(
    server: ApiServer, lake: Lake, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    def repeat_what_was_sent(api: ApiServer, ids: list[str]) -> Response | None:
        sent = api.requests[-1].headers["authorization"]
        if ids == ["322-0000"]:
            return JSONResponse({"errors": [graphql_error("AccessDeniedError", sent, "order")]})
        return Response(sent, 500) if ids == ["322-0001"] else None

    server.fault = repeat_what_was_sent
    fetch_orders(Account(server.url), refs(3), lake, "run", retry=HASTY)

    errors = [str(row["error"]) for row in rows(lake)]
    assert errors[:2] == ["AccessDeniedError: Bearer ***", "HTTP 500 : Bearer ***"]
    for text in (caplog.text, repr(rows(lake)), repr(Account(server.url))):
        assert "token-1" not in text
        assert "the-secret" not in text


@pytest.mark.parametrize(
    "said",
    [
        '{"errors": [{"message": "not KEY"}]}'.replace("KEY", r"k/e\"y+and more"),
        '{"errors": [{"message": "not KEY"}]}'.replace("KEY", r"k\/e\"y+and more"),
        "not k%2Fe%22y%2Band+more",
        "not k%2Fe%22y%2Band%20more",
        'not k/e"y+and more',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32-be"])
def test_a_key_that_the_server_repeats_in_any_form_does_not_come_into_the_lake(
    server: ApiServer, lake: Lake, said: str, encoding: str
) -> None:
    server.fault = lambda _api, _ids: Response(said.encode(encoding), 500)
    account = Account(server.url, api_headers={"x-api-key": 'k/e"y+and more'})
    fetch_orders(account, refs(1), lake, "run", retry=RetryPolicy(attempts=1))

    (row,) = rows(lake)
    assert "not ***" in str(row["error"])
    assert "more" not in repr(row)


def test_no_request_searches_the_path_for_a_library(
    server: ApiServer, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    sought: list[str] = []

    class Finder(importlib.abc.MetaPathFinder):
        def find_spec(self, name: str, *_: object) -> None:
            sought.append(name)

    fetch_orders(Account(server.url), refs(1), lake, "first", retry=HASTY)
    monkeypatch.setattr(sys, "meta_path", [Finder(), *sys.meta_path])
    fetch_orders(Account(server.url), refs(10), lake, "second", retry=HASTY)

    assert sought == []
