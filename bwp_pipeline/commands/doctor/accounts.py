"""Examinations of accounts elsewhere: the API's of each store, the way to it, who is told.

Belongs here: credentials and their scopes, proxies and certificates, channels. Does not belong
here: asking for orders (`bwp_pipeline/api/`).
"""

import asyncio
import os
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

import duckdb

from bwp_pipeline.api import Clock, OrderRef, RetryPolicy
from bwp_pipeline.api.answers import Answer, Status
from bwp_pipeline.api.client import StoreClient
from bwp_pipeline.api.connection import connected
from bwp_pipeline.api.stock import fetch_stock
from bwp_pipeline.commands.doctor.finding import Finding, look, ok, wrong
from bwp_pipeline.defs.resources import Installation
from bwp_pipeline.reports.stock.asked import products_to_ask
from bwp_pipeline.settings import Settings
from bwp_pipeline.settings.network import check_network, proxy_for
from bwp_pipeline.settings.stores import Store

# An id that no store has: any answer about it shows that the API works.
PROBE_ORDER = "322-0000-000000"


def credentials(installation: Installation) -> Iterator[Finding]:
    """Whether each store's credentials are accepted, and what they allow."""
    settings = installation.api_settings()
    for store in settings.stores.values():
        answer = asyncio.run(_probe_order(settings, store))
        if answer.status in {Status.OK, Status.NOT_FOUND}:
            yield ok(f"store {store.name}: credentials accepted, orders can be asked for")
        elif answer.status is Status.ACCESS_DENIED:
            yield look(
                f"store {store.name}: credentials accepted; a test with an unknown order returned"
                f" {answer.error!r}. If real orders do too, check the target id and the scope Read"
                " Order"
            )
        else:
            yield wrong(
                f"store {store.name}: {answer.status}: {answer.error}: check the credentials in"
                " the merchant console, and the target id"
            )
    yield from _stock_scopes(installation, settings)


def _stock_scopes(installation: Installation, settings: Settings) -> Iterator[Finding]:
    """Asks for one active product, where there is one."""
    try:
        products = products_to_ask(settings.published_path, most=1)
    except duckdb.Error:
        # Nothing is published yet, so there is no product to ask about.
        return
    for answer in fetch_stock(settings, products[:1], installation.lake()):
        if answer.error is None:
            yield ok("stock: the API returns what Amazon can still sell")
        else:
            yield look(
                f"stock: {answer.error}: with the scopes Read Inventory and Read Buyability,"
                " reports show days of cover; nothing else needs them"
            )


async def _probe_order(settings: Settings, store: Store) -> Answer:
    answers: list[Answer] = []

    def keep(_: OrderRef, answer: Answer, __: datetime) -> None:
        answers.append(answer)

    retry = RetryPolicy(attempts=2, read_timeout=10.0)
    async with connected(settings, Clock(), retry) as connection:
        client = StoreClient(connection, settings, store, keep)
        await client.fetch([OrderRef(store.business_product_id, PROBE_ORDER)])
        client.finish()
    return answers[0]


def network(installation: Installation) -> Iterator[Finding]:
    """Which proxies lead to the API, and which certificates are trusted."""
    urls = (installation.settings.api_url, installation.settings.token_url)
    check_network(urls, os.environ)
    for url in dict.fromkeys(urls):
        proxy = proxy_for(url, os.environ)
        # A proxy's address may hold a password.
        way = f"through the proxy {urlsplit(proxy).hostname}" if proxy else "directly"
        yield ok(f"{urlsplit(url).hostname} is reached {way}")
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "AWS_CA_BUNDLE"):
        path = os.environ.get(name)
        if path and not os.path.exists(path):  # noqa: PTH110 -- as the libraries look
            yield wrong(f"{name} names {path}, which does not exist: set it to a file, or unset it")


def channels(installation: Installation) -> Iterator[Finding]:
    """Whether anyone is notified when a run fails, and when none happens."""
    it = installation.settings.channels
    if it.smtp_url is None and it.slack_webhook is None:
        yield look("nobody is notified when a run fails: set BWP_SMTP_URL or BWP_SLACK_WEBHOOK")
    else:
        yield ok("people are notified when a run fails; --send-test tries it")
    if it.ping_url is None:
        yield look(
            "nobody is notified when the machine is off: set BWP_PING_URL to the address of a"
            " monitoring service"
        )
