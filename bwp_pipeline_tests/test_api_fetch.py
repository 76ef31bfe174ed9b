"""Fetching orders over HTTP: what becomes of each, and what the lake has afterwards."""

import json
import logging
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.responses import JSONResponse, Response

from bwp_pipeline.api import (
    ApiUnreachable,
    FetchProgress,
    OrderRef,
    QueryRefused,
    RetryPolicy,
    TokenRefused,
    fetch_orders,
)
from bwp_pipeline.lake import Lake
from bwp_pipeline_tests.api_server import (
    STORE,
    Account,
    ApiServer,
    graphql_error,
    order,
    serving,
    store,
)

HASTY = RetryPolicy(pause=0.01, longest_pause=0.05, outage=0.2, read_timeout=1.0)


@pytest.fixture
def server() -> Iterator[ApiServer]:
    with serving(ApiServer()) as running:
        yield running


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(f"{(tmp_path / 'lake').as_uri()}/")


def refs(count: int, business_product_id: str = STORE) -> list[OrderRef]:
    return [OrderRef(business_product_id, f"322-{index:04}") for index in range(count)]


def rows(lake: Lake) -> list[dict[str, object]]:
    found: list[dict[str, object]] = lake.read("order_snapshots").to_pylist()
    return sorted(found, key=lambda row: str(row["order_id"]))


def test_each_order_is_asked_for_once_and_kept_as_it_came(server: ApiServer, lake: Lake) -> None:
    counts = fetch_orders(Account(server.url), refs(30), lake, "run-1", retry=HASTY)

    found = rows(lake)
    assert counts.by_status == {"OK": 30}
    assert counts.left == 0
    assert server.asked == Counter(ref.order_id for ref in refs(30))
    assert [row["order_id"] for row in found] == [ref.order_id for ref in refs(30)]
    assert json.loads(str(found[0]["payload"])) == order("322-0000")
    assert found[0]["deliveries"] == [{"delivery_id": "d1", "state": "DELIVERED"}]
    assert {row["run_id"] for row in found} == {"run-1"}
    assert {row["api_version"] for row in found} == {"2024-11-01"}
    assert len({row["payload_sha256"] for row in found}) == 30


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


def test_an_order_that_cannot_be_had_is_a_row_with_the_apis_words(
    server: ApiServer, lake: Lake
) -> None:
    said = {
        "322-0000": graphql_error("AccessDeniedError", "No access.", "order", errorCode=403),
        "322-0001": graphql_error("ResourceNotFoundError", "No such order.", "order"),
        "322-0002": graphql_error("ValidationError", "Bad id.", "order", errorCode=400),
    }

    def fault(_: ApiServer, ids: list[str]) -> Response | None:
        error = said.get(ids[0])
        return None if error is None else JSONResponse({"errors": [error], "data": None})

    server.fault = fault
    server.orders = lambda order_id: None if order_id == "322-0003" else order(order_id)
    counts = fetch_orders(Account(server.url), refs(5), lake, "run", retry=HASTY)

    assert [(row["status"], row["error"]) for row in rows(lake)] == [
        ("ACCESS_DENIED", "AccessDeniedError: No access."),
        ("NOT_FOUND", "ResourceNotFoundError: No such order."),
        ("INVALID", "ValidationError: Bad id."),
        ("NOT_FOUND", None),
        ("OK", None),
    ]
    assert counts.by_status == {"OK": 1, "NOT_FOUND": 2, "INVALID": 1, "ACCESS_DENIED": 1}
    assert set(server.asked.values()) == {1}


def test_partial_data_is_kept_beside_the_words_about_what_is_missing(
    server: ApiServer, lake: Lake
) -> None:
    error = graphql_error("AccessDeniedError", "No tracker.", "order", "packageInformation")
    server.fault = lambda _, ids: JSONResponse(
        {"data": {"order": order(ids[0])}, "errors": [error]}
    )
    fetch_orders(Account(server.url), refs(1), lake, "run", retry=HASTY)

    (row,) = rows(lake)
    assert row["status"] == "OK"
    assert row["error"] == "AccessDeniedError: No tracker."
    assert json.loads(str(row["payload"])) == order("322-0000")


def test_parts_that_stay_missing_for_a_passing_reason_do_not_hold_the_order_back(
    server: ApiServer, lake: Lake
) -> None:
    error = graphql_error("InternalServerError", "No refunds.", "order", "refunds")
    server.fault = lambda _, ids: JSONResponse(
        {"data": {"order": order(ids[0])}, "errors": [error]}
    )
    counts = fetch_orders(Account(server.url), refs(100), lake, "run", retry=HASTY)

    assert counts.by_status == {"OK": 100}
    assert set(server.asked.values()) == {HASTY.partial_attempts}
    assert {row["error"] for row in rows(lake)} == {"InternalServerError: No refunds."}


def test_an_order_that_fails_again_and_again_is_unavailable_and_stops_no_other(
    server: ApiServer, lake: Lake
) -> None:
    server.fault = lambda _, ids: Response("boom", 500) if ids == ["322-0002"] else None
    counts = fetch_orders(Account(server.url), refs(20), lake, "run", retry=HASTY)

    assert counts.by_status == {"OK": 19, "UNAVAILABLE": 1}
    assert server.asked["322-0002"] == HASTY.attempts
    (row,) = [row for row in rows(lake) if row["status"] == "UNAVAILABLE"]
    assert row["error"] == "HTTP 500 : boom"
    assert row["payload"] is None


def test_an_unchanged_payload_is_a_reference_to_the_one_in_the_lake(
    server: ApiServer, lake: Lake
) -> None:
    fetch_orders(Account(server.url), refs(2), lake, "run-1", retry=HASTY)
    known = [OrderRef(STORE, str(r["order_id"]), str(r["payload_sha256"])) for r in rows(lake)]
    server.orders = lambda id_: order(id_, "CANCELLED" if id_ == "322-0001" else "DELIVERED")
    counts = fetch_orders(Account(server.url), known, lake, "run-2", retry=HASTY)

    assert counts.unchanged == 1
    second = [row for row in rows(lake) if row["run_id"] == "run-2"]
    assert second[0]["payload"] is None
    assert second[0]["payload_sha256"] == known[0].known_sha256
    assert second[0]["deliveries"] == [{"delivery_id": "d1", "state": "DELIVERED"}]
    assert json.loads(str(second[1]["payload"])) == order("322-0001", "CANCELLED")


def test_orders_of_a_store_without_credentials_wait_without_a_row(
    server: ApiServer, lake: Lake
) -> None:
    counts = fetch_orders(
        Account(server.url), [*refs(2), *refs(3, "bp-unknown")], lake, "run", retry=HASTY
    )

    assert counts.waiting_by_store == {"bp-unknown": 3}
    assert counts.by_status == {"OK": 2}
    assert len(rows(lake)) == 2


def test_a_store_that_is_refused_does_not_stop_the_others(server: ApiServer, lake: Lake) -> None:
    server.token_fault = lambda _: (
        JSONResponse({"error": "invalid_client", "error_description": "not the-secret"}, 401)
        if server.token_forms[-1]["client_id"] == "other"
        else None
    )
    other = store("bp-2")
    account = Account(
        server.url,
        stores={
            STORE: store(),
            "bp-2": type(other)(
                **{name: getattr(other, name) for name in other.__slots__} | {"client_id": "other"}
            ),
        },
    )
    with pytest.raises(TokenRefused) as stopped:
        fetch_orders(account, [*refs(5), *refs(5, "bp-2")], lake, "run", retry=HASTY)

    assert stopped.value.counts is not None
    assert stopped.value.counts.left == 5
    assert {row["business_product_id"] for row in rows(lake)} == {STORE}
    assert "invalid_client" in str(stopped.value)
    assert "the-secret" not in str(stopped.value)
    assert "\n" not in str(stopped.value)


@pytest.mark.parametrize("shape", ["status", "body"])
def test_a_dead_api_ends_the_fetch_and_keeps_what_came(
    server: ApiServer, lake: Lake, shape: str
) -> None:
    error = graphql_error("InternalServerError", "HTTP 503", "order")
    dead = {"status": Response("down", 503), "body": JSONResponse({"errors": [error]})}
    server.fault = lambda api, _: dead[shape] if len(api.requests) > 50 else None
    with pytest.raises(ApiUnreachable) as stopped:
        fetch_orders(Account(server.url), refs(200), lake, "run", retry=HASTY)

    kept = rows(lake)
    assert stopped.value.counts is not None
    assert stopped.value.counts.left == 200 - len(kept)
    assert [row["status"] for row in kept].count("OK") == 50
    assert "HTTP 503" in str(stopped.value)
    assert f"{200 - len(kept)} orders are left" in str(stopped.value)


def test_stores_are_fetched_side_by_side_each_at_its_own_pace(
    server: ApiServer, lake: Lake
) -> None:
    def fault(api: ApiServer, _: list[str]) -> Response | None:
        targets = [request.headers["x-api-target-id"] for request in api.requests]
        burst = targets[-1] == "bp-slow" and targets.count("bp-slow") <= 2
        return Response("", 429, {"retry-after": "1"}) if burst else None

    times: dict[str, float] = {}

    def answer(order_id: str) -> dict[str, object]:
        times[order_id] = time.monotonic()
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
    assert max(times[ref.order_id] for ref in fast) < min(times[ref.order_id] for ref in slow)


def test_complaints_about_the_querys_own_fields_stop_the_fetch_and_leave_no_row(
    server: ApiServer, lake: Lake
) -> None:
    error = graphql_error("ValidationError", "Cannot query field 'lineItems'.")
    server.fault = lambda *_: JSONResponse({"errors": [error]}, 400)
    with pytest.raises(QueryRefused, match="Cannot query field 'lineItems'"):
        fetch_orders(Account(server.url), refs(100), lake, "run", retry=HASTY)

    assert rows(lake) == []
    assert len(server.requests) < 30


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


def test_progress_ends_with_every_order_done(server: ApiServer, lake: Lake) -> None:
    seen: list[FetchProgress] = []
    fetch_orders(Account(server.url), refs(10), lake, "run", progress=seen.append, retry=HASTY)

    assert (seen[-1].done, seen[-1].total, seen[-1].throttled) == (10, 10, 0)
    assert seen[-1].rate > 0
    assert str(seen[-1]).startswith("10 of 10 orders, ")


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
