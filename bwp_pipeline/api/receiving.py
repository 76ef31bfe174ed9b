"""One HTTP exchange whose reply is bounded in size and in time.

Belongs here: sending a request and reading what comes, no more and no longer than allowed. Does not
belong here: what the reply says (`replies.py`, `auth.py`).
"""

import asyncio
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

_PLAIN = frozenset({"", "identity"})
_GZIP = frozenset({"gzip", "x-gzip"})
_GZIP_OR_ZLIB = 47


@dataclass(frozen=True, slots=True)
class ReplyLimits:
    """The most bytes of a reply's body, once inflated, and the most seconds until it is complete.

    `BWP_API_REPLY_MB` and `BWP_API_REPLY_SECONDS`.
    """

    most_bytes: int
    most_seconds: float


@dataclass(frozen=True, slots=True)
class Received:
    """A whole reply; `content` is inflated."""

    status: int
    headers: httpx.Headers
    content: bytes


class UnusableReplyError(Exception):
    """The server answers, but the reply is too large or in an unknown encoding."""


async def post(
    http: httpx.AsyncClient,
    url: str,
    limits: ReplyLimits,
    headers: Mapping[str, str],
    *,
    content: bytes | None = None,
    form: Mapping[str, str] | None = None,
) -> Received:
    """Send `content` or a form and read the reply.

    Raises:
        httpx.RequestError: There was no reply in time.
        UnusableReplyError: The reply is too large, too slow to end or in an unknown encoding.
    """
    has_begun = False
    try:
        async with (
            asyncio.timeout(limits.most_seconds),
            http.stream(
                "POST",
                url,
                content=content,
                data=form,
                headers={**headers, "accept-encoding": "gzip"},
            ) as response,
        ):
            has_begun = True
            body = await _inflated(response, limits.most_bytes)
            return Received(response.status_code, response.headers, body)
    except TimeoutError:
        words = f"no complete reply within {limits.most_seconds:g} s (BWP_API_REPLY_SECONDS)"
        if has_begun:
            raise UnusableReplyError(words) from None
        raise httpx.ReadTimeout(words) from None


async def _inflated(response: httpx.Response, most: int) -> bytes:
    # httpx would inflate whole chunks: one of 64 kB can hold 64 MB.
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding not in _PLAIN | _GZIP:
        raise UnusableReplyError(f"the reply is encoded as {encoding[:40]!r}, not as gzip")
    inflate = zlib.decompressobj(_GZIP_OR_ZLIB) if encoding in _GZIP else None
    body = bytearray()
    async for chunk in response.aiter_raw():
        if inflate is None:
            body += chunk
        else:
            try:
                body += inflate.decompress(chunk, most + 1 - len(body))
            except zlib.error as error:
                raise httpx.DecodingError(str(error), request=response.request) from error
        if len(body) > most:
            raise UnusableReplyError(
                f"the reply is longer than {most / 1e6:g} MB (BWP_API_REPLY_MB)"
            )
    return bytes(body)
