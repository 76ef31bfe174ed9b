"""Faults come as ordered, and the sandbox counts what its clients did."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from email.utils import parsedate_to_datetime

import httpx
import pytest

from bwp_pipeline.sandbox import Faults, Traffic, World, create_app, run_server

QUERY = (
    "query($ref: OrderIdentifierInput!) { order(orderIdentifier: $ref) {"
    " id refunds { details { id } } } }"
)
WORLD = World(days=2, orders_per_day=30, end=date(2026, 11, 1))
ORDERS = [order.id for order in WORLD.orders()]


class Client:
    """Asks for orders one by one, without ever trying again."""

    def __init__(self, http: httpx.Client, traffic: Traffic) -> None:
        self.http, self.traffic = http, traffic
        self.headers = {"x-api-target-id": WORLD.business_product_ids[0]}

    def log_in(self) -> httpx.Response:
        form = {
            "grant_type": "client_credentials",
            "client_id": "sandbox",
            "client_secret": "sandbox-secret",
        }
        answer = self.http.post("/token", data=form)
        if answer.is_success:
            self.headers["authorization"] = f"Bearer {answer.json()['access_token']}"
        return answer

    def ask(self, order_id: str = ORDERS[0]) -> httpx.Response:
        body = {"query": QUERY, "variables": {"ref": {"orderId": order_id}}}
        return self.http.post("/graphql", json=body, headers=self.headers)


@contextmanager
def client(faults: Faults) -> Iterator[Client]:
    app = create_app(WORLD, faults)
    with run_server(app) as server, httpx.Client(base_url=server.url) as http:
        found = Client(http, app.state.traffic)
        found.log_in()
        yield found


def kind(answer: httpx.Response) -> str:
    return str(answer.json()["errors"][0]["extensions"]["classification"]["type"])


def test_without_faults_every_order_is_fetched_and_counted_once() -> None:
    with client(Faults()) as api:
        assert all(api.ask(order_id).json()["data"]["order"] for order_id in ORDERS)
        assert api.traffic.fetched == dict.fromkeys(ORDERS, 1)
        assert api.http.get("/traffic").json()["requests"] == len(ORDERS)
        assert api.traffic.tokens == 1
        assert api.traffic.most_in_flight == 1


def test_errors_pages_and_internal_errors_come_in_their_share() -> None:
    with client(Faults(error_rate=0.2, html_rate=0.2, internal_rate=0.2)) as api:
        answers = [api.ask(order_id) for order_id in ORDERS]
        failed = api.traffic.failed
        assert [a.status_code for a in answers].count(500) == failed["error"] > 0
        pages = [a for a in answers if a.headers["content-type"].startswith("text/html")]
        assert len(pages) == failed["html"] > 0
        assert {page.status_code for page in pages} == {503}
        internal = [a for a in answers if a.status_code == 200 and "errors" in a.json()]
        assert len(internal) == failed["internal"] > 0
        assert {kind(a) for a in internal} == {"InternalServerError"}
        assert api.traffic.fetched.total() == len(ORDERS) - failed.total()


def test_connections_break_off_in_the_middle_of_an_answer() -> None:
    # Which of the two depends on whether the answer's head was read before the connection broke.
    broken = (httpx.RemoteProtocolError, httpx.ReadError)
    with client(Faults(reset_rate=1.0)) as api, pytest.raises(broken):
        api.ask()


def test_bursts_of_throttling_come_in_all_shapes() -> None:
    with client(Faults(throttle_every=10, throttle_burst=3, retry_after=2)) as api:
        answers = [api.ask(order_id) for order_id in ORDERS[:13]]
        assert all(a.json()["data"]["order"] for a in answers[:10])
        seconds, body, moment = answers[10:]
        assert (seconds.status_code, seconds.headers["retry-after"]) == (429, "2")
        assert (body.status_code, kind(body)) == (200, "ThrottlingError")
        assert moment.status_code == 429
        assert parsedate_to_datetime(moment.headers["retry-after"]).timestamp() > time.time() - 1
        assert api.traffic.throttled == 3


def test_a_limit_throttles_what_goes_beyond_it() -> None:
    with client(Faults(limit=5)) as api:
        for _ in range(10):
            api.ask()
        assert 4 <= api.traffic.throttled <= 5
        assert api.traffic.fetched.total() == 10 - api.traffic.throttled


def test_slow_answers_and_latency_take_their_time() -> None:
    with client(Faults(latency=0.05, slow_rate=1.0, slow_seconds=0.1)) as api:
        started = time.monotonic()
        assert api.ask().json()["data"]["order"]
        assert time.monotonic() - started >= 0.15


def test_tokens_expire_and_are_throttled() -> None:
    with client(Faults(token_seconds=0.2, token_throttles=2)) as api:
        assert api.ask().status_code == 401
        assert api.log_in().status_code == 429
        assert api.log_in().json()["expires_in"] == 0.2
        assert api.ask().status_code == 200
        time.sleep(0.25)
        assert api.ask().status_code == 401


def test_both_endpoints_are_down_for_a_while() -> None:
    with client(Faults(down_after=1, down_seconds=0.3)) as api:
        assert api.ask().is_success
        with pytest.raises(httpx.TransportError):
            api.ask()
        with pytest.raises(httpx.TransportError):
            api.log_in()
        time.sleep(0.35)
        assert api.ask().is_success


def test_partial_data_comes_beside_an_error_that_names_its_field() -> None:
    with client(Faults(partial_rate=1.0)) as api:
        answer = api.ask().json()
        assert answer["data"]["order"] == {"id": ORDERS[0], "refunds": None}
        assert answer["errors"][0]["path"] == ["order", "refunds"]


def test_single_orders_fail_each_in_their_way() -> None:
    denied, absent, broken, poisoned = (frozenset({order_id}) for order_id in ORDERS[:4])
    faults = Faults(
        denied=denied, absent=absent, broken=broken, poisoned=poisoned, error_status=True
    )
    with client(faults) as api:
        answers = [api.ask(order_id) for order_id in ORDERS[:5]]
        assert [a.status_code for a in answers] == [403, 200, 500, 400, 200]
        assert answers[1].json() == {"data": {"order": None}}
        assert answers[3].json()["data"] is None
        assert api.traffic.fetched == {ORDERS[4]: 1}


def test_a_poisoned_order_spoils_its_batch_and_batches_have_a_limit() -> None:
    def batch(order_ids: list[str]) -> str:
        fields = (
            f'a{n}: order(orderIdentifier: {{orderId: "{order_id}"}}) {{ id }}'
            for n, order_id in enumerate(order_ids)
        )
        return "{" + " ".join(fields) + "}"

    with client(Faults(poisoned=frozenset({ORDERS[2]}), max_batch=3)) as api:
        for order_ids, fetched in ((ORDERS[:2], 2), (ORDERS[1:4], 2), (ORDERS[3:8], 2)):
            body = {"query": batch(order_ids)}
            answer = api.http.post("/graphql", json=body, headers=api.headers).json()
            assert (answer["data"] is None) == ("errors" in answer)
            assert api.traffic.fetched.total() == fetched
