"""Fetching orders over HTTP: what becomes of each, and what the lake has afterwards."""

import json
from collections import Counter

from starlette.responses import JSONResponse, Response

from bwp_pipeline.api import (
    FetchProgress,
    OrderRef,
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
)


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


def test_progress_ends_with_every_order_done(server: ApiServer, lake: Lake) -> None:
    seen: list[FetchProgress] = []
    fetch_orders(Account(server.url), refs(10), lake, "run", progress=seen.append, retry=HASTY)

    assert (seen[-1].done, seen[-1].total, seen[-1].throttled) == (10, 10, 0)
    assert seen[-1].rate > 0
    assert str(seen[-1]).startswith("10 of 10 orders, ")
