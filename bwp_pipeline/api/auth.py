"""Tokens: OAuth 2.0 client credentials for one store.

Belongs here: asking for a token, keeping it, renewing it once for everyone. Does not belong here:
what the token is used for. A token lives in memory only and appears in no text.
"""

import asyncio
import math
import re
from dataclasses import dataclass, field
from http import HTTPStatus
from time import time
from typing import TypeVar

import httpx
import msgspec

from bwp_pipeline.api.connection import Connection
from bwp_pipeline.api.echoes import without
from bwp_pipeline.api.errors import ApiUnreachable, TokenRefused
from bwp_pipeline.api.receiving import Received, UnusableReplyError, post
from bwp_pipeline.api.replies import retry_after
from bwp_pipeline.api.reply_text import reply_text
from bwp_pipeline.settings.stores import Store

_LIFE = 900.0
_LONGEST_LIFE = 86_400.0
_SUCCESS, _CLIENT_ERROR = 2, 4
_HEADER_VALUE = re.compile(r"[!-~]+")
_Form = TypeVar("_Form", bound="_Grant | _Refusal")
_AGAIN = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})


@dataclass(frozen=True, slots=True)
class Token:
    """An access token; `renew_at` and `expires_at` are seconds on the monotonic clock."""

    value: str = field(repr=False)
    renew_at: float
    expires_at: float


class _Grant(msgspec.Struct):
    access_token: str
    expires_in: float | None = None


class _Refusal(msgspec.Struct):
    error: str = ""
    error_description: str = ""


class TokenSource:
    """One store's token, asked for when it is first needed and renewed before it ends."""

    def __init__(self, connection: Connection, url: str, store: Store) -> None:
        self._connection = connection
        self._url = url
        self._store = store
        self._clock = connection.clock
        self._retry = connection.retry
        self._renewing = asyncio.Lock()
        self._token: Token | None = None

    async def token(self) -> Token:
        """A token that is good for now.

        While one caller renews it, the others go on with the old one until that ends; so do
        all callers when a new one can't be obtained.

        Raises:
            TokenRefused: The endpoint refuses the credentials.
            ApiUnreachable: The endpoint gives no usable answer.
        """
        token, now = self._token, self._clock.monotonic()
        if token is not None and now < token.renew_at:
            return token
        if token is None or now >= token.expires_at:
            return await self.renew(token)
        if self._renewing.locked():
            return token
        try:
            return await self.renew(token)
        except ApiUnreachable:
            return token

    async def renew(self, old: Token | None) -> Token:
        """Replace a token that is about to end or was refused.

        Of many callers that hold the same old token, the first asks for a new one.

        Raises:
            TokenRefused: The endpoint refuses the credentials.
            ApiUnreachable: The endpoint gives no usable answer.
        """
        async with self._renewing:
            if self._token is None or self._token is old:
                self._token = await self._ask()
            return self._token

    async def _ask(self) -> Token:
        for attempt in range(1, self._retry.attempts + 1):
            asked_at = self._clock.monotonic()
            pause = self._retry.pause_after(attempt)
            try:
                received = await post(
                    self._connection.http,
                    self._url,
                    self._connection.limits,
                    {"accept": "application/json"},
                    form=self._form(),
                )
            except httpx.RequestError as error:
                words = f"{type(error).__name__} {error}".strip()
            except UnusableReplyError as error:
                words = str(error)
            else:
                granted = self._granted(received, asked_at)
                if isinstance(granted, Token):
                    return granted
                words = granted
                asked_for = retry_after(received.headers, time())
                if asked_for is not None:
                    pause = min(asked_for, self._retry.longest_hold)
            if attempt < self._retry.attempts:
                await self._clock.sleep(pause)
        raise ApiUnreachable(
            f"the token endpoint {self._url} returned no token for store {self._store.name} in "
            f"{self._retry.attempts} attempts (last: {words}): check BWP_TOKEN_URL and the "
            "network, then run again"
        )

    def _form(self) -> dict[str, str]:
        return {
            "grant_type": "client_credentials",
            "client_id": self._store.client_id,
            "client_secret": self._store.client_secret.get_secret_value(),
        }

    def _granted(self, received: Received, asked_at: float) -> Token | str:
        """The token, or why there is none and the endpoint is asked again."""
        status = received.status
        if status // 100 == _CLIENT_ERROR and status not in _AGAIN:
            raise TokenRefused(
                f"the token endpoint {self._url} refused the credentials of store "
                f"{self._store.name}: {self._refusal(received)}: check its client id and secret "
                "(BWP_CLIENT_ID, BWP_CLIENT_SECRET or BWP_STORES_FILE)"
            )
        grant = _decoded(received.content, _Grant)
        if status // 100 != _SUCCESS or grant is None or not grant.access_token:
            return f"HTTP {status}"
        if not _HEADER_VALUE.fullmatch(grant.access_token):
            return f"HTTP {status} with a token that can't be sent in a header"
        told = grant.expires_in
        life = min(told, _LONGEST_LIFE) if told and told > 0 and math.isfinite(told) else _LIFE
        # At 80 % or a minute before the end, but never in the first half of a short life.
        renew_after = max(min(0.8 * life, life - 60), life / 2)
        return Token(grant.access_token, asked_at + renew_after, asked_at + life)

    def _refusal(self, received: Received) -> str:
        # An endpoint may repeat what it was sent; half a secret would be one too.
        secret = self._store.client_secret.get_secret_value()
        refusal = _decoded(without([secret], received.content), _Refusal) or _Refusal()
        words = " ".join(filter(None, (refusal.error, refusal.error_description)))[:200]
        return f"HTTP {received.status} {' '.join(words.split())}".strip()


def _decoded(content: bytes, form: type[_Form]) -> _Form | None:
    try:
        return msgspec.json.decode(reply_text(content), type=form, strict=False)
    except (msgspec.MsgspecError, RecursionError):
        return None
