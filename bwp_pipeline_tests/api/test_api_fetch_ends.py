"""What ends a fetch, or a store's share of it, and what is kept of what came before."""

import time

import pytest
from starlette.responses import JSONResponse, Response

from bwp_pipeline.api import (
    ApiUnreachable,
    QueryRefused,
    TokenRefused,
    fetch_orders,
)
from bwp_pipeline.lake import Lake
from bwp_pipeline_tests.examples.fetched_orders import HASTY, refs, rows
from bwp_pipeline_tests.servers.api_server import (
    STORE,
    Account,
    ApiServer,
    graphql_error,
    store,
)


def test_orders_of_a_store_without_credentials_wait_without_a_row(
    server: ApiServer, lake: Lake
) -> None:
    counts = fetch_orders(
        Account(server.url), [*refs(2), *refs(3, "bp-unknown")], lake, "run", retry=HASTY
    )

    assert counts.waiting_by_store == {"bp-unknown": 3}
    assert counts.by_status == {"OK": 2}
    assert len(rows(lake)) == 2


def test_a_token_that_ends_on_its_way_is_not_taken_for_refused(
    server: ApiServer, lake: Lake
) -> None:
    """As on a machine so busy that requests arrive after their token has ended."""
    server.token_life = 0.05

    def late(served: ApiServer, _: list[str]) -> Response | None:
        if served.tokens_given >= 5:
            served.token_life = 900.0
            return None
        time.sleep(0.06)
        return JSONResponse({"message": "The incoming token has expired"}, 401)

    server.fault = late
    counts = fetch_orders(Account(server.url), refs(1), lake, "run", retry=HASTY)
    assert counts.by_status == {"OK": 1}


def test_a_fresh_token_that_is_refused_ends_the_fetch_after_two_requests(
    server: ApiServer, lake: Lake
) -> None:
    server.fault = lambda _, __: JSONResponse({"message": "no"}, 401)
    with pytest.raises(TokenRefused, match="refuses a fresh token"):
        fetch_orders(Account(server.url), refs(1), lake, "run", retry=HASTY)
    assert server.tokens_given == 3
    assert sum(server.asked.values()) == 2


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


def test_complaints_about_the_querys_own_fields_stop_the_fetch_and_leave_no_row(
    server: ApiServer, lake: Lake
) -> None:
    error = graphql_error("ValidationError", "Cannot query field 'lineItems'.")
    server.fault = lambda *_: JSONResponse({"errors": [error]}, 400)
    with pytest.raises(QueryRefused, match="Cannot query field 'lineItems'"):
        fetch_orders(Account(server.url), refs(100), lake, "run", retry=HASTY)

    assert rows(lake) == []
    assert len(server.requests) < 30
