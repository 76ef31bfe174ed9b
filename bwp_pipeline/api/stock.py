"""What Amazon can still sell of some products, asked for at this moment.

Belongs here: the query for products' stock and reading its answers. Does not belong here: which
products to ask for, or what follows from their stock (`bwp_pipeline/reports/`).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import msgspec

from bwp_pipeline.api.account import ApiSettings
from bwp_pipeline.api.answers import Answer, Failure, Status, Verdict
from bwp_pipeline.api.clock import Clock
from bwp_pipeline.api.connection import Connection, connected
from bwp_pipeline.api.errors import FetchStoppedError, QueryRefused
from bwp_pipeline.api.retry_policy import RetryPolicy
from bwp_pipeline.api.shared_pace import shared
from bwp_pipeline.api.transport import Transport
from bwp_pipeline.lake import Lake
from bwp_pipeline.settings.stores import Store

# The report can do without this, so it doesn't wait long for it.
_PATIENCE = RetryPolicy(attempts=3, failures_in_a_row=6, outage=10.0)
# The changelog renames one to the other; the reference and the examples keep the first.
_QUANTITIES = ("buyableQuantity", "fulfillableQuantity")
_NAMES = frozenset(
    {"Product", "ProductIdentifierInput", "product", "buyability", "status"}
    | {"inventoryItem", "inventoryItemId", *_QUANTITIES}
)
_WITHOUT_PRODUCTS = frozenset({"2024-01-01", "2024-04-01"})
# Wide enough for any warehouse, narrow enough for every reader.
_MOST_PIECES = 10**12


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
    lake: Lake,
    *,
    clock: Clock | None = None,
    retry: RetryPolicy | None = None,
) -> list[ProductStock]:
    """Ask for the stock of these products; needs the scopes Read Inventory and Read Buyability.

    Never raises for what the API does: stock is useful but not worth failing for. Products of
    stores without credentials are left out.

    Args:
        settings: Endpoints, limits and the stores' credentials.
        refs: The products.
        lake: All processes that use it share the request limit.
        clock: Time; the machine's by default.
        retry: Bounds of retrying.
    """
    clock = clock or Clock()
    if settings.api_version in _WITHOUT_PRODUCTS:
        version = settings.api_version
        error = f"the API version {version} offers no stock (BWP_API_VERSION)"
        now = clock.now()
        return [
            ProductStock(ref, now, error=error)
            for ref in refs
            if ref.business_product_id in settings.stores
        ]
    return asyncio.run(_fetch(settings, refs, lake, clock, retry or _PATIENCE))


async def _fetch(
    settings: ApiSettings,
    refs: Sequence[ProductRef],
    lake: Lake,
    clock: Clock,
    retry: RetryPolicy,
) -> list[ProductStock]:
    async with connected(settings, clock, retry) as connection:
        answers = await asyncio.gather(
            *(
                _fetch_store(
                    _StockClient(connection, settings, store),
                    [ref for ref in refs if ref.business_product_id == store_id],
                    settings.api_batch,
                    lake,
                )
                for store_id, store in settings.stores.items()
            )
        )
    return [answer for of_store in answers for answer in of_store]


async def _fetch_store(
    client: "_StockClient", refs: Sequence[ProductRef], batch: int, lake: Lake
) -> list[ProductStock]:
    answers: list[ProductStock] = []
    try:
        async with shared(client.pace, lake, client.store_id):
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
        self.pace = self._transport.pace
        self.store_id = store.business_product_id
        self._quantity = _QUANTITIES[0]

    async def fetch(self, refs: Sequence[ProductRef]) -> list[ProductStock]:
        """Ask for these products in one request, again while there is no final answer.

        Raises:
            FetchStoppedError: No product can be fetched from this store for now; `QueryRefused`
                where the API does not know the query.
        """
        names = tuple(f"product{index}" for index in range(len(refs)))
        for attempt in range(1, self._retry.attempts + 1):
            asked_at = self.clock.now()
            body = _request(names, refs, self._quantity)
            reply = await self._transport.exchange(body, dict.fromkeys(names))
            if reply.refuses(frozenset({self._quantity})) and self._quantity == _QUANTITIES[0]:
                self._quantity = _QUANTITIES[-1]
            elif reply.refuses(_NAMES):
                raise QueryRefused(
                    f"the API refuses the query for products' stock ({reply.verdicts[0].error})"
                )
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
    try:
        product = _PRODUCT.decode(verdict.payload)
    except msgspec.MsgspecError as error:
        return ProductStock(ref, asked_at, error=f"the answer has an unexpected form ({error})")
    item = product.inventoryItem or _Item()
    return ProductStock(
        ref,
        asked_at,
        buyable_units=_pieces(item.buyable or _Quantity()),
        buyability=None if product.buyability is None else product.buyability.status,
        inventory_item_id=item.inventoryItemId,
        error=verdict.error,
    )


class _Quantity(msgspec.Struct):
    amount: Decimal | None = None
    unit: str | None = None


class _Item(msgspec.Struct):
    inventoryItemId: str | None = None  # noqa: N815 -- the API's name
    buyable: _Quantity | None = None


class _Buyability(msgspec.Struct):
    status: str | None = None


class _Product(msgspec.Struct):
    buyability: _Buyability | None = None
    inventoryItem: _Item | None = None  # noqa: N815 -- the API's name


_PRODUCT = msgspec.json.Decoder(_Product, strict=False)


def _pieces(quantity: _Quantity) -> Decimal | None:
    amount = quantity.amount
    if quantity.unit not in {None, "ONE"} or amount is None or not amount.is_finite():
        return None
    return amount if abs(amount) <= _MOST_PIECES else None
