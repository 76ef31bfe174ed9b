"""What can go wrong between a client and the API, to order, and a count of what was asked.

`Faults` says which and how often; with none, the sandbox always answers at once. Chance is seeded
and thrown in the order of arrival. What an order's answer is, is in `answers`.
"""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import cycle

from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from bwp_pipeline.sandbox.api.values import Json
from bwp_pipeline.sandbox.world.dice import Dice


@dataclass(frozen=True, slots=True)
class Faults:
    """Rates are shares of GraphQL requests, times are seconds, limits count requests."""

    seed: int = 1
    latency: float = 0.0
    error_rate: float = 0.0
    """HTTP 500."""
    internal_rate: float = 0.0
    """HTTP 200 with an InternalServerError and no data."""
    html_rate: float = 0.0
    """HTTP 503 with a page for people."""
    reset_rate: float = 0.0
    """The connection ends in the middle of the answer."""
    slow_rate: float = 0.0
    slow_seconds: float = 1.0
    partial_rate: float = 0.0
    """An error beside the data, and the field that it names is null."""
    throttle_every: int = 0
    """After that many requests, `throttle_burst` requests are throttled."""
    throttle_burst: int = 5
    limit: float = 0.0
    """Requests a second; what goes beyond is throttled."""
    retry_after: int | None = 1
    """Seconds that an HTTP 429 asks to wait."""
    token_seconds: float = 900.0
    token_throttles: int = 0
    """The first so many token requests are throttled."""
    down_after: int | None = None
    """From that GraphQL request on both endpoints cut every connection for `down_seconds`."""
    down_seconds: float = 60.0
    max_batch: int = 0
    """Orders in one request at most; 0: any number."""
    poisoned: frozenset[str] = frozenset()
    """Orders that fail a whole request by being in it."""
    denied: frozenset[str] = frozenset()
    """Orders that nobody may read."""
    absent: frozenset[str] = frozenset()
    """Orders that come as null without an error."""
    broken: frozenset[str] = frozenset()
    """Orders that always come as an InternalServerError."""
    error_status: bool = False
    """Whether a request's single error also sets its HTTP status."""


@dataclass(slots=True)
class Traffic:
    """What clients asked and got since the server started."""

    requests: int = 0
    tokens: int = 0
    throttled: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    """Requests that a fault ended, by fault."""
    fetched: Counter[str] = field(default_factory=Counter)
    """How often each order was answered with its data."""
    in_flight: int = 0
    most_in_flight: int = 0

    def as_json(self) -> Json:
        """All counts, for a client in another process."""
        return {
            "requests": self.requests,
            "tokens": self.tokens,
            "throttled": self.throttled,
            "failed": self.failed,
            "fetched": self.fetched,
            "most_in_flight": self.most_in_flight,
        }


class Cut(Response):
    """An answer that breaks off: its length is announced, most of it never sent."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Sends the beginning only; the server then closes the connection."""
        headers = [(b"content-type", b"application/json"), (b"content-length", b"9999")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"data":', "more_body": True})


class Interference:
    """Decides for each request whether it gets to be answered."""

    def __init__(self, faults: Faults, traffic: Traffic) -> None:
        self._faults = faults
        self._traffic = traffic
        self._dice = Dice(faults.seed)
        self._shapes = cycle(("seconds", "body", "date"))
        self._down_until: float | None = None
        self._allowance = faults.limit
        self._refilled = time.monotonic()

    async def with_token(self) -> Response | None:
        """What a token request gets instead of an answer."""
        self._traffic.tokens += 1
        if self._is_down():
            return self._failed("down", Cut())
        if self._traffic.tokens <= self._faults.token_throttles:
            return self._throttled(shape="seconds")
        return None

    async def with_query(self) -> Response | None:
        """What a GraphQL request gets instead of an answer, after any delay."""
        faults, number = self._faults, self._traffic.requests
        self._traffic.requests += 1
        if number == faults.down_after:
            self._down_until = time.monotonic() + faults.down_seconds
        if self._is_down():
            return self._failed("down", Cut())
        if faults.latency:
            await asyncio.sleep(faults.latency)
        if self._is_too_much(number):
            return self._throttled(next(self._shapes))
        if self._dice.happens(faults.slow_rate):
            await asyncio.sleep(faults.slow_seconds)
        return self._struck()

    def _struck(self) -> Response | None:
        """What chance brings; each fault is thrown for by itself."""
        faults, happens = self._faults, self._dice.happens
        if happens(faults.error_rate):
            return self._failed("error", PlainTextResponse("Internal Server Error", 500))
        if happens(faults.html_rate):
            page = "<!doctype html><title>503</title><h1>Service Unavailable</h1>"
            return self._failed("html", HTMLResponse(page, 503))
        if happens(faults.reset_rate):
            return self._failed("reset", Cut())
        if happens(faults.internal_rate):
            return self._failed("internal", _graphql_error("InternalServer", 500, "Try again."))
        return None

    def is_partial(self) -> bool:
        """Whether a field of this answer is missing, with an error beside the data."""
        return self._dice.happens(self._faults.partial_rate)

    def _is_down(self) -> bool:
        return self._down_until is not None and time.monotonic() < self._down_until

    def _is_too_much(self, number: int) -> bool:
        faults = self._faults
        if faults.throttle_every:
            period = faults.throttle_every + faults.throttle_burst
            if number % period >= faults.throttle_every:
                return True
        if not faults.limit:
            return False
        now = time.monotonic()
        earned = (now - self._refilled) * faults.limit
        self._allowance = min(max(1.0, faults.limit), self._allowance + earned)
        self._refilled = now
        if self._allowance < 1:
            return True
        self._allowance -= 1
        return False

    def _throttled(self, shape: str) -> Response:
        self._traffic.throttled += 1
        if shape == "body":
            return _graphql_error("Throttling", 429, "Rate exceeded")
        answer = JSONResponse({"message": "Too Many Requests"}, 429)
        if (wait := self._faults.retry_after) is not None:
            moment = datetime.now(UTC) + timedelta(seconds=wait)
            text = str(wait) if shape == "seconds" else format_datetime(moment, usegmt=True)
            answer.headers["retry-after"] = text
        return answer

    def _failed(self, kind: str, answer: Response) -> Response:
        self._traffic.failed[kind] += 1
        return answer


def _graphql_error(kind: str, status: int, message: str) -> Response:
    """An error for the whole request, with HTTP status 200."""
    classification = {
        "type": f"{kind}Error",
        "errorType": f"{kind}Exception",
        "errorCode": status,
    }
    error = {
        "message": message,
        "path": ["order"],
        "extensions": {"classification": classification},
    }
    return JSONResponse({"errors": [error], "data": {"order": None}})
