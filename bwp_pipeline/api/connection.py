"""The HTTP connection that all stores share.

Belongs here: making the client: its limits, proxies and certificates. Does not belong here: what is
sent through it (`transport.py`, `auth.py`).
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.util import find_spec

import httpx

from bwp_pipeline.api.account import ApiSettings
from bwp_pipeline.api.clock import Clock
from bwp_pipeline.api.receiving import ReplyLimits
from bwp_pipeline.api.retry_policy import RetryPolicy
from bwp_pipeline.settings.network import origin, proxy_for, trusted_certificates

if "sniffio" not in sys.modules and find_spec("sniffio") is None:
    # Otherwise httpcore looks for it four times in each exchange, in all of the path and in vain,
    # which took a fifth of a fetch's time.
    sys.modules["sniffio"] = None  # type: ignore[assignment]  # what says that there is none


@dataclass(frozen=True, slots=True)
class Connection:
    """What all stores share: the HTTP client, and `gate`, which bounds requests in flight."""

    http: httpx.AsyncClient
    gate: asyncio.Semaphore
    clock: Clock
    retry: RetryPolicy
    limits: ReplyLimits


@asynccontextmanager
async def connected(
    settings: ApiSettings, clock: Clock, retry: RetryPolicy
) -> AsyncIterator[Connection]:
    """A connection for all stores, through the proxies that the environment names.

    Raises:
        SettingsError: The environment names a proxy or certificates that can't be used.
    """
    most = settings.api_concurrency
    bounds = httpx.Limits(max_connections=most + 1, max_keepalive_connections=most)
    certificates = trusted_certificates(os.environ)
    mounts = {
        origin(url): httpx.AsyncHTTPTransport(verify=certificates, limits=bounds, proxy=proxy)
        for url in (settings.api_url, settings.token_url)
        if (proxy := proxy_for(url, os.environ)) is not None
    }
    async with httpx.AsyncClient(
        timeout=httpx.Timeout(retry.read_timeout, connect=retry.connect_timeout, pool=None),
        limits=bounds,
        verify=certificates,
        mounts=mounts,
        trust_env=False,
    ) as http:
        limits = ReplyLimits(settings.api_reply_bytes, settings.api_reply_seconds)
        yield Connection(http, asyncio.Semaphore(most), clock, retry, limits)
