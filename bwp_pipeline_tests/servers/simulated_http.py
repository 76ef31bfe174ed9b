"""HTTP without a network: a handler answers each request, and replies come as streams.

Belongs here: what stands between a client under test and a handler. Does not belong here: what a
handler answers.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx

from bwp_pipeline.api import Clock, RetryPolicy
from bwp_pipeline.api.connection import Connection
from bwp_pipeline.api.receiving import ReplyLimits

Handler = Callable[[httpx.Request], Awaitable[httpx.Response]]


class _Stream(httpx.AsyncByteStream):
    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._content


class _Network(httpx.AsyncBaseTransport):
    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        reply = await self._handler(request)
        return httpx.Response(
            reply.status_code, headers=reply.headers, stream=_Stream(reply.content)
        )


def simulated_connection(handler: Handler, clock: Clock) -> Connection:
    """A connection whose requests the handler answers."""
    return Connection(
        httpx.AsyncClient(transport=_Network(handler)),
        asyncio.Semaphore(8),
        clock,
        RetryPolicy(),
        ReplyLimits(most_bytes=32_000_000, most_seconds=60.0),
    )
