"""Requests of one store: authorised, paced, sent, judged.

Belongs here: one exchange with the API, and noticing that it is down. Does not belong here: asking
again (`client.py`), what a reply means (`answers.py`).
"""

import asyncio
from dataclasses import dataclass

import httpx

from bwp_pipeline.api.account import ApiSettings, store_headers
from bwp_pipeline.api.answers import Failure, FailureKind, Reply
from bwp_pipeline.api.auth import Token, TokenSource
from bwp_pipeline.api.clock import Clock
from bwp_pipeline.api.errors import ApiUnreachable, TokenRefused
from bwp_pipeline.api.pace import Pace
from bwp_pipeline.api.replies import read_reply, retry_after
from bwp_pipeline.api.retry_policy import RetryPolicy
from bwp_pipeline.settings.stores import Store


@dataclass(frozen=True, slots=True)
class Connection:
    """What all stores share: the HTTP client, and `gate`, which bounds requests in flight."""

    http: httpx.AsyncClient
    gate: asyncio.Semaphore
    clock: Clock
    retry: RetryPolicy


def http_client(retry: RetryPolicy, concurrency: int) -> httpx.AsyncClient:
    """The HTTP client of all stores, for so many requests in flight."""
    return httpx.AsyncClient(
        timeout=httpx.Timeout(retry.read_timeout, connect=retry.connect_timeout, pool=None),
        limits=httpx.Limits(max_connections=concurrency + 1, max_keepalive_connections=concurrency),
    )


class Transport:
    """Exchanges requests and replies with the API on behalf of one store."""

    def __init__(self, connection: Connection, settings: ApiSettings, store: Store) -> None:
        self.pace = Pace(store.rate or settings.api_rate, connection.clock, connection.retry)
        self.requests = 0
        self._connection = connection
        self._url = settings.api_url
        self._store = store
        self._tokens = TokenSource(
            connection.http, settings.token_url, store, connection.clock, connection.retry
        )
        self._base_headers = store_headers(settings, store)
        self._failures = 0
        self._failing_since = 0.0

    async def exchange(self, body: bytes, names: tuple[str, ...]) -> Reply:
        """Send a request and judge the reply; a token that is refused is renewed once.

        Args:
            body: The JSON body.
            names: The response names of the orders in it.

        Raises:
            TokenRefused: No token can be had, or the API refuses a fresh one.
            ApiUnreachable: For too long nothing but failures came.
        """
        reply = await self._attempt(body, names)
        if reply.failure is None or reply.failure.kind is not FailureKind.UNAUTHORIZED:
            return reply
        reply = await self._attempt(body, names)
        if reply.failure is not None and reply.failure.kind is FailureKind.UNAUTHORIZED:
            raise TokenRefused(
                f"{self._url} refuses a fresh token of store {self._store.name} "
                f"({reply.failure.error}): check the target id (BWP_TARGET_ID) and the scope "
                "Read Order of its credentials"
            )
        return reply

    async def _attempt(self, body: bytes, names: tuple[str, ...]) -> Reply:
        # A token first: a start that waits for one would bunch up with those after it.
        await self._tokens.token()
        started = await self.pace.start()
        token = await self._tokens.token()
        self.requests += 1
        try:
            async with self._connection.gate:
                response = await self._connection.http.post(
                    self._url, content=body, headers=self._headers(token)
                )
        except httpx.RequestError as error:
            failure = Failure(FailureKind.FAULT, f"{type(error).__name__} {error}".strip())
            reply = Reply([failure] * len(names), as_a_whole=True)
        else:
            reply = self._judge(response, token, names, started)
        if reply.failure is not None and reply.failure.kind is FailureKind.UNAUTHORIZED:
            await self._tokens.renew(token)
        self._watch(reply)
        return reply

    def _judge(
        self, response: httpx.Response, token: Token, names: tuple[str, ...], started: float
    ) -> Reply:
        reply = read_reply(
            response.status_code,
            response.headers.get("content-type", ""),
            # A server that repeats what it was sent must not bring the token into the lake.
            response.content.replace(token.value.encode(), b"***"),
            names,
        )
        wait = retry_after(response.headers, self._connection.clock.now().timestamp())
        if reply.failure is not None and reply.failure.kind is FailureKind.THROTTLED:
            self.pace.throttled(started, wait)
        elif wait is not None:
            self.pace.hold(wait)
        else:
            self.pace.answered()
        return reply

    def _headers(self, token: Token) -> dict[str, str]:
        return {**self._base_headers, "authorization": f"Bearer {token.value}"}

    def _watch(self, reply: Reply) -> None:
        if reply.failure is None or reply.brings_something:
            self._failures = 0
            return
        now, retry = self._connection.clock.monotonic(), self._connection.retry
        self._failures += 1
        if self._failures == 1:
            self._failing_since = now
        lasting = now - self._failing_since
        if self._failures >= retry.failures_in_a_row and lasting >= retry.outage:
            raise ApiUnreachable(
                f"{self._url} answered none of {self._failures} requests for store "
                f"{self._store.name} in {lasting:.0f} s (last: {reply.failure.error}): check "
                "BWP_API_URL and the network, then run again"
            )
