"""What Amazon can still sell of some products, asked for at this moment.

Belongs here: the query for products' stock and reading its answers. Does not belong here: which
products to ask for, or what follows from their stock (`bwp_pipeline/reports/`).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from bwp_pipeline.api.account import ApiSettings
from bwp_pipeline.api.answers import Answer, Failure, Status, Verdict
from bwp_pipeline.api.clock import Clock
from bwp_pipeline.api.errors import FetchStoppedError
from bwp_pipeline.api.retry_policy import RetryPolicy
from bwp_pipeline.api.transport import Connection, Transport, http_client
from bwp_pipeline.settings.stores import Store

# The report doesn't wait long for what it can do without.
_PATIENCE = RetryPolicy(attempts=3, failures_in_a_row=6, outage=10.0)
# The changelog renames one to the other; the reference and the examples keep the first.
_QUANTITIES = ("buyableQuantity", "fulfillableQuantity")


@dataclass(frozen=True, slots=True)
class ProductRef:
    """A product to ask about, by its sku, else by its product id."""

    business_product_id: str
    product_key: str
    sku: str | None
    product_id: str | None


@dataclass(frozen=True, slots=True)
class ProductStock:
    """What the API said of a product; None where it said nothing, `error` may tell why.

    `buyable_units` are pieces, `buyability` is BUYABLE, NOT_BUYABLE or UNKNOWN.
    """

    ref: ProductRef
    asked_at: datetime
    buyable_units: Decimal | None = None
    buyability: str | None = None
    inventory_item_id: str | None = None
    error: str | None = None


def fetch_stock(
    settings: ApiSettings,
    refs: Sequence[ProductRef],
    *,
    clock: Clock | None = None,
    retry: RetryPolicy | None = None,
) -> list[ProductStock]:
    """Ask for the stock of these products; needs the scopes Read Inventory and Read Buyability.

    Never raises for what the API does: stock is worth having and not worth failing for. Products of
    stores without credentials are left out.

    Args:
        settings: Endpoints, limits and the stores' credentials.
        refs: The products.
        clock: Time; the machine's by default.
        retry: Bounds of retrying.
    """
    return asyncio.run(_fetch(settings, refs, clock or Clock(), retry or _PATIENCE))


async def _fetch(
    settings: ApiSettings, refs: Sequence[ProductRef], clock: Clock, retry: RetryPolicy
) -> list[ProductStock]:
    async with http_client(retry, settings.api_concurrency) as http:
        gate = asyncio.Semaphore(settings.api_concurrency)
        connection = Connection(http, gate, clock, retry)
        answers = await asyncio.gather(
            *(
                _fetch_store(
                    _StockClient(connection, settings, store),
                    [ref for ref in refs if ref.business_product_id == store_id],
                    settings.api_batch,
                )
                for store_id, store in settings.stores.items()
            )
        )
    return [answer for of_store in answers for answer in of_store]


async def _fetch_store(
    client: "_StockClient", refs: Sequence[ProductRef], batch: int
) -> list[ProductStock]:
    answers: list[ProductStock] = []
    try:
        for start in range(0, len(refs), batch):
            answers += await client.fetch(refs[start : start + batch])
    except FetchStoppedError as error:
        now = client.clock.now()
        answers += [ProductStock(ref, now, error=str(error)) for ref in refs[len(answers) :]]
    return answers


class _StockClient:
    def __init__(self, connection: Connection, settings: ApiSettings, store: Store) -> None:
        self.clock = connection.clock
        self._retry = connection.retry
        self._transport = Transport(connection, settings, store)
        self._quantity = _QUANTITIES[0]

    async def fetch(self, refs: Sequence[ProductRef]) -> list[ProductStock]:
        """Ask for these products in one request, again while there is no final answer.

        Raises:
            FetchStoppedError: No product can be had from this store for now.
        """
        names = tuple(f"product{index}" for index in range(len(refs)))
        for attempt in range(1, self._retry.attempts + 1):
            asked_at = self.clock.now()
            reply = await self._transport.exchange(_request(names, refs, self._quantity), names)
            if reply.as_a_whole and self._quantity in (reply.verdicts[0].error or ""):
                if self._quantity == _QUANTITIES[-1]:
                    break
                self._quantity = _QUANTITIES[-1]
            elif reply.failure is None:
                break
            else:
                await self.clock.sleep(self._retry.pause_after(attempt))
        return [
            _stock(ref, verdict, asked_at)
            for ref, verdict in zip(refs, reply.verdicts, strict=True)
        ]


def _request(names: Sequence[str], refs: Sequence[ProductRef], quantity: str) -> bytes:
    declared = ", ".join(f"${name}: ProductIdentifierInput" for name in names)
    fields = " ".join(f"{name}: product(identifier: ${name}) {{ ...Stock }}" for name in names)
    fragment = (
        "fragment Stock on Product { buyability { status }"
        f" inventoryItem {{ inventoryItemId buyable: {quantity} {{ amount unit }} }} }}"
    )
    variables = {
        name: {"sku" if ref.sku else "productId": ref.sku or ref.product_id}
        for name, ref in zip(names, refs, strict=True)
    }
    query = f"query Products({declared}) {{ {fields} }} {fragment}"
    return msgspec.json.encode({"query": query, "variables": variables})


def _stock(ref: ProductRef, verdict: Verdict, asked_at: datetime) -> ProductStock:
    if isinstance(verdict, Failure):
        verdict = verdict.partial or Answer(Status.UNAVAILABLE, None, verdict.error)
    if verdict.payload is None:
        return ProductStock(ref, asked_at, error=verdict.error or "the API does not know it")
    product: dict[str, Any] = msgspec.json.decode(verdict.payload)
    item = product.get("inventoryItem") or {}
    return ProductStock(
        ref,
        asked_at,
        buyable_units=_pieces(item.get("buyable") or {}),
        buyability=(product.get("buyability") or {}).get("status"),
        inventory_item_id=item.get("inventoryItemId"),
        error=verdict.error,
    )


def _pieces(quantity: dict[str, Any]) -> Decimal | None:
    if quantity.get("unit") not in {None, "ONE"}:
        return None
    try:
        return Decimal(str(quantity.get("amount")))
    except InvalidOperation:
        return None
