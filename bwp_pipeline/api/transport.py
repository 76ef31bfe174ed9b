"""Requests of one store: authorised, paced, sent, judged.

Belongs here: one exchange with the API, and noticing that it is down. Does not belong here: asking
again (`client.py`), what a reply means (`answers.py`).
"""

import httpx

from bwp_pipeline.api.account import ApiSettings, store_headers
from bwp_pipeline.api.answers import Failure, FailureKind, Reply
from bwp_pipeline.api.auth import Token, TokenSource
from bwp_pipeline.api.connection import Connection
from bwp_pipeline.api.echoes import without
from bwp_pipeline.api.errors import ApiUnreachable, TokenRefused
from bwp_pipeline.api.pace import Pace
from bwp_pipeline.api.receiving import Received, UnusableReplyError, post
from bwp_pipeline.api.replies import Asked, read_reply, retry_after, unusable
from bwp_pipeline.settings.stores import Store

_SHORTEST_SECRET = 8


class Transport:
    """Exchanges requests and replies with the API on behalf of one store."""

    def __init__(self, connection: Connection, settings: ApiSettings, store: Store) -> None:
        self.pace = Pace(store.rate or settings.api_rate, connection.clock, connection.retry)
        self.requests = 0
        self._connection = connection
        self._url = settings.api_url
        self._store = store
        self._tokens = TokenSource(connection, settings.token_url, store)
        self._base_headers = store_headers(settings, store)
        # An access key is long; a short value is a word that payloads may hold too.
        self._secret_headers = [
            value
            for value in settings.api_headers.values()
            if len(value) >= _SHORTEST_SECRET and "{target_id}" not in value
        ]
        self._failures = 0
        self._failing_since = 0.0

    async def exchange(self, body: bytes, asked: Asked) -> Reply:
        """Send a request and judge the reply; a token that is refused is renewed.

        Once, and again only where the new one ended before the reply came.

        Args:
            body: The JSON body.
            asked: What it asks for.

        Raises:
            TokenRefused: No token can be obtained, or the API refuses a fresh one.
            ApiUnreachable: Requests have only failed for too long.
        """
        words = ""
        for attempt in range(1, self._connection.retry.attempts + 1):
            reply, token = await self._attempt(body, asked)
            if reply.failure is None or reply.failure.kind is not FailureKind.UNAUTHORIZED:
                return reply
            words = reply.failure.error
            if attempt > 1 and self._connection.clock.monotonic() < token.expires_at:
                break
        raise TokenRefused(
            f"{self._url} refuses a fresh token of store {self._store.name} ({words}): check the"
            " target id (BWP_TARGET_ID) and the scope Read Order of its credentials"
        )

    async def _attempt(self, body: bytes, asked: Asked) -> tuple[Reply, Token]:
        # A token first: a start that waits for one would bunch up with those after it.
        await self._tokens.token()
        started = await self.pace.start()
        token = await self._tokens.token()
        self.requests += 1
        try:
            async with self._connection.gate:
                received = await post(
                    self._connection.http,
                    self._url,
                    self._connection.limits,
                    self._headers(token),
                    content=body,
                )
        except httpx.RequestError as error:
            failure = Failure(FailureKind.FAULT, f"{type(error).__name__} {error}".strip())
            reply = Reply([failure] * len(asked), as_a_whole=True)
        except UnusableReplyError as error:
            reply = unusable(str(error), asked)
        else:
            reply = self._judge(received, token, asked, started)
        if reply.failure is not None and reply.failure.kind is FailureKind.UNAUTHORIZED:
            await self._tokens.renew(token)
        self._watch(reply)
        return reply, token

    def _judge(self, received: Received, token: Token, asked: Asked, started: float) -> Reply:
        reply = read_reply(
            received.status,
            received.headers.get("content-type", ""),
            # Neither may come into the lake.
            without((token.value, *self._secret_headers), received.content),
            asked,
        )
        wait = retry_after(received.headers, self._connection.clock.now().timestamp())
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
        if reply.failure is None or reply.shows_life:
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
