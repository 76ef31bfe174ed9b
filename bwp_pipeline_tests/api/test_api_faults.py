"""A faulty API: every order is accounted for and none is fetched twice.

The sandbox serves over HTTP and counts how often each order was answered with its data.
"""

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from bwp_pipeline.api import (
    ApiUnreachable,
    FetchCounts,
    OrderRef,
    RetryPolicy,
    fetch_orders,
)
from bwp_pipeline.lake import SCHEMAS, Lake
from bwp_pipeline.sandbox import Faults, Traffic, create_app, run_server
from bwp_pipeline.settings import API_VERSIONS
from bwp_pipeline_tests.api.fetched_store import BP, DAY, ORDERS, WORLD, account
from bwp_pipeline_tests.servers.api_server import Account

# A busy machine answers late: what is merely slow must not be asked for twice.
HASTY = RetryPolicy(pause=0.02, longest_pause=0.5, outage=0.3, read_timeout=10.0)


@dataclass(frozen=True)
class Api:
    """A faulty API, what it counted, and a lake to fetch into."""

    account: Account
    traffic: Traffic
    lake: Lake

    def fetch(self, orders: list[str] = ORDERS, retry: RetryPolicy = HASTY) -> FetchCounts:
        refs = [OrderRef(BP, order) for order in orders]
        return fetch_orders(self.account, refs, self.lake, "run", retry=retry)

    def statuses(self) -> dict[str, str]:
        rows = self.lake.read("order_snapshots", columns=["order_id", "status"]).to_pylist()
        assert len({row["order_id"] for row in rows}) == len(rows), "an order has two rows"
        return {row["order_id"]: row["status"] for row in rows}


Serve = Callable[..., Api]

_ROWS_A_FILE = 20
_FETCH_THE_DUE = f"""
import sys
from datetime import UTC, datetime
from bwp_pipeline.api import fetch_orders, shared_pace, snapshots, find_due_orders
from bwp_pipeline.lake import Lake
from bwp_pipeline.lease import Lease
from bwp_pipeline_tests.api.fetched_store import DAY, account

snapshots._MOST_ROWS = {_ROWS_A_FILE}
# Who was killed holds a lease of the API's limit for a while, for which the next one waits.
Lease.renewed_every, Lease.ends_after, shared_pace._GRACE = 0.1, 0.5, 0.1
lake = Lake(sys.argv[2])
refs = find_due_orders(lake, [DAY], datetime.now(UTC)).refs
print(len(refs), flush=True)
fetch_orders(account(sys.argv[1]), refs, lake, "run")
"""


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    def start(faults: Faults, batch: int = 1) -> Api:
        app = create_app(WORLD, faults)
        server = running.enter_context(run_server(app))
        return Api(
            account(server.url, batch), app.state.traffic, Lake(f"{(tmp_path / 'lake').as_uri()}/")
        )

    with ExitStack() as running:
        yield start


FAULTS = {
    "none": Faults(),
    "5% HTTP 500": Faults(error_rate=0.05),
    "internal errors in the body": Faults(internal_rate=0.05),
    "HTML pages": Faults(html_rate=0.05),
    "resets": Faults(reset_rate=0.05),
    "slow answers": Faults(slow_rate=0.02, slow_seconds=0.3),
    "throttling in bursts": Faults(throttle_every=60, throttle_burst=6, retry_after=None),
    "throttling beyond 150/s": Faults(limit=150.0, retry_after=1),
    "tokens that end in the middle": Faults(token_seconds=0.4),
    "a token endpoint that throttles": Faults(token_throttles=3, retry_after=0),
    "partial data": Faults(partial_rate=0.3),
    "down for a moment": Faults(down_after=100, down_seconds=0.2),
    "all at once": Faults(
        error_rate=0.03,
        html_rate=0.02,
        reset_rate=0.02,
        throttle_every=100,
        throttle_burst=5,
        retry_after=None,
        token_seconds=0.5,
        token_throttles=1,
        partial_rate=0.1,
    ),
}


@pytest.mark.parametrize("batch", [1, 10])
@pytest.mark.parametrize("faults", FAULTS.values(), ids=FAULTS)
def test_every_order_is_fetched_exactly_once_despite(
    serve: Serve, faults: Faults, batch: int
) -> None:
    api = serve(faults, batch)
    counts = api.fetch()

    assert api.statuses() == dict.fromkeys(ORDERS, "OK")
    assert api.traffic.fetched == Counter(ORDERS)
    assert counts.left == 0
    assert api.traffic.most_in_flight <= api.account.api_concurrency


def test_every_api_version_tells_the_same_about_deliveries(serve: Serve) -> None:
    told = []
    for version in API_VERSIONS:
        api = serve(Faults())
        versioned = replace(api.account, api_version=version)
        refs = [OrderRef(BP, order) for order in ORDERS]
        fetch_orders(versioned, refs, api.lake, version, retry=HASTY)
        rows = [
            row for row in api.lake.read("order_snapshots").to_pylist() if row["run_id"] == version
        ]
        assert {(row["status"], row["error"], row["api_version"]) for row in rows} == {
            ("OK", None, version)
        }
        told.append({row["order_id"]: row["deliveries"] for row in rows})

    assert told[0] == told[1] == told[2]
    assert {delivery["state"] for found in told[0].values() for delivery in found} == {
        *("PENDING", "IN_TRANSIT", "DELIVERED", "CANCELLED")
    }


def test_partial_data_keeps_the_apis_words_and_the_rest_of_the_order(serve: Serve) -> None:
    api = serve(Faults(partial_rate=1.0))
    api.fetch()

    rows = api.lake.read("order_snapshots").to_pylist()
    partial = [row for row in rows if row["error"] is not None]
    assert partial
    assert {row["error"] for row in partial} == {"ValidationError: Refunds can not be determined."}
    assert all('"refunds":null' in row["payload"] for row in partial)


def test_answers_slower_than_the_patience_are_asked_for_again(serve: Serve) -> None:
    api = serve(Faults(slow_rate=0.05, slow_seconds=0.6))
    api.fetch(ORDERS[:100], RetryPolicy(pause=0.02, longest_pause=0.5, read_timeout=0.3))

    assert api.statuses() == dict.fromkeys(ORDERS[:100], "OK")


@pytest.mark.parametrize("batch", [1, 10])
def test_orders_that_cannot_be_had_are_told_apart(serve: Serve, batch: int) -> None:
    denied, absent, broken, poisoned = ORDERS[3], ORDERS[14], ORDERS[25], ORDERS[36]
    faults = Faults(
        denied=frozenset({denied}),
        absent=frozenset({absent}),
        broken=frozenset({broken}),
        poisoned=frozenset({poisoned}),
    )
    api = serve(faults, batch)
    api.fetch([*ORDERS, "322-none-such"])

    statuses = api.statuses()
    assert {order: statuses.pop(order) for order in (denied, absent, broken, poisoned)} == {
        denied: "ACCESS_DENIED",
        absent: "NOT_FOUND",
        broken: "UNAVAILABLE",
        poisoned: "INVALID",
    }
    assert statuses.pop("322-none-such") == "NOT_FOUND"
    assert set(statuses.values()) == {"OK"}
    assert set(api.traffic.fetched.values()) == {1}


def test_a_smaller_bound_of_the_api_on_batches_costs_requests_not_orders(serve: Serve) -> None:
    api = serve(Faults(max_batch=4), batch=10)
    api.fetch()

    assert api.traffic.fetched == Counter(ORDERS)


def test_a_long_outage_ends_the_fetch_and_the_next_goes_on(serve: Serve) -> None:
    api = serve(Faults(down_after=100, down_seconds=2.0))
    with pytest.raises(ApiUnreachable) as stopped:
        api.fetch()

    kept = api.statuses()
    assert stopped.value.counts is not None
    assert stopped.value.counts.left == len(ORDERS) - len(kept)
    assert 90 <= len(kept) <= 100
    time.sleep(2.0)
    api.fetch([order for order in ORDERS if order not in kept])
    assert api.statuses() == dict.fromkeys(ORDERS, "OK")
    assert api.traffic.fetched == Counter(ORDERS)


def test_kills_at_any_moment_lose_no_order_and_repeat_no_more_than_a_file(serve: Serve) -> None:
    api = serve(Faults(latency=0.02))
    named = {"business_product_id": BP, "event_time": datetime(2026, 2, 28, tzinfo=UTC)}
    columns = SCHEMAS["events"]
    empty = dict.fromkeys(columns.names)
    events = [{**empty, **named, "order_id": order} for order in ORDERS]
    api.lake.write("events", DAY, "all", pa.Table.from_pylist(events, schema=columns))

    dice, kills = random.Random(4), 0  # noqa: S311 -- when to kill
    while True:
        child = subprocess.Popen(  # noqa: S603 -- this test's own code
            [sys.executable, "-c", _FETCH_THE_DUE, api.account.url, api.lake.url],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        assert child.stdout is not None
        left = int(child.stdout.readline())
        # On a busy machine a child needs longer to get anywhere.
        time.sleep(dice.uniform(0.1, 0.5) * 1.1**kills)
        child.kill()
        child.communicate()
        if child.returncode == 0 or left == 0:
            break
        kills += 1

    assert kills >= 2
    assert api.statuses() == dict.fromkeys(ORDERS, "OK")
    repeated = api.traffic.fetched.total() - len(ORDERS)
    assert repeated <= kills * (_ROWS_A_FILE + 2 * api.account.api_concurrency)
