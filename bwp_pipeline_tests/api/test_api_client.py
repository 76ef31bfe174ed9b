"""One store's client against any sequence of faults. Time and network are simulated."""

import asyncio
import json
from collections import Counter
from contextlib import suppress
from datetime import datetime
from itertools import pairwise

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from bwp_pipeline.api import OrderRef, RetryPolicy, TokenRefused
from bwp_pipeline.api.answers import Answer, Status
from bwp_pipeline.api.client import StoreClient
from bwp_pipeline_tests.servers.api_server import STORE, Account, graphql_error, order, store
from bwp_pipeline_tests.servers.simulated_http import simulated_connection
from bwp_pipeline_tests.servers.simulated_time import SimulatedTime

POISON, DENIED, ABSENT = "322-poison", "322-denied", "322-absent"
FATES = {POISON: "INVALID", DENIED: "ACCESS_DENIED", ABSENT: "NOT_FOUND"}


def failed(kind: str, request: httpx.Request) -> httpx.Response:
    """The reply to a request that this kind of fault strikes."""
    throttled = {"errors": [graphql_error("ThrottlingError", "Slow down.")], "data": None}
    match kind:
        case "reset":
            raise httpx.ReadError("reset", request=request)
        case "timeout":
            raise httpx.ReadTimeout("timeout", request=request)
        case "html":
            return httpx.Response(502, text="<html><title>Bad Gateway</title>")
        case "throttled":
            return httpx.Response(429, headers={"retry-after": "3"})
        case "throttled in the body":
            return httpx.Response(200, json=throttled)
        case "expired":
            return httpx.Response(401)
        case _:
            return httpx.Response(500)


FAULTS = ("reset", "timeout", "html", "throttled", "throttled in the body", "expired", "error")


class Api:
    """An API whose n-th GraphQL request meets the n-th of `faults`, if that is one."""

    def __init__(self, faults: list[str | None]) -> None:
        self.faults = faults
        self.requests = 0
        self.answered: Counter[str] = Counter()

    async def handle(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            return httpx.Response(200, json={"access_token": "a-long-token", "expires_in": 900})
        self.requests += 1
        fault = self.faults[self.requests - 1] if self.requests <= len(self.faults) else None
        if fault is not None:
            return failed(fault, request)
        variables = json.loads(request.content)["variables"]
        ids = {name: variable["orderId"] for name, variable in variables.items()}
        if POISON in ids.values():
            return httpx.Response(400, json={"errors": [graphql_error("ValidationError", "No.")]})
        errors = [
            graphql_error("AccessDeniedError", "No.", name) for name in ids if ids[name] == DENIED
        ]
        self.answered.update(ids.values())
        data = {name: None if id_ in FATES else order(id_) for name, id_ in ids.items()}
        return httpx.Response(200, json={"data": data, "errors": errors})


async def fetch(api: Api, orders: list[str], batch: int) -> tuple[list[OrderRef], list[Answer]]:
    kept: list[tuple[OrderRef, Answer]] = []

    def keep(ref: OrderRef, answer: Answer, _: datetime) -> None:
        kept.append((ref, answer))

    connection = simulated_connection(api.handle, SimulatedTime().clock)
    client = StoreClient(connection, Account("http://api"), store(), keep)
    refs = [OrderRef(STORE, id_) for id_ in orders]
    for start in range(0, len(refs), batch):
        await client.fetch(refs[start : start + batch])
    client.finish()
    return [ref for ref, _ in kept], [answer for _, answer in kept]


@settings(deadline=None, max_examples=60)
@given(
    faults=st.lists(st.none() | st.sampled_from(FAULTS), max_size=30),
    special=st.sets(st.sampled_from(sorted(FATES))),
    ordinary=st.integers(0, 12),
    batch=st.integers(1, 10),
)
def test_each_order_gets_exactly_one_final_answer_and_the_right_one(
    faults: list[str | None], special: set[str], ordinary: int, batch: int
) -> None:
    orders = sorted([*(f"322-{index}" for index in range(ordinary)), *special])
    api = Api(faults)
    if ("expired", "expired") in pairwise(faults):
        # Two refusals of a token in a row are all that can end this fetch.
        with suppress(TokenRefused):
            asyncio.run(fetch(api, orders, batch))
        return
    refs, answers = asyncio.run(fetch(api, orders, batch))

    assert sorted(ref.order_id for ref in refs) == orders
    for ref, answer in zip(refs, answers, strict=True):
        if answer.status is not Status.UNAVAILABLE:
            assert answer.status == FATES.get(ref.order_id, "OK")
        else:
            assert sum(fault is not None for fault in faults) >= RetryPolicy().attempts
    assert set(api.answered.values()) <= {1}
