"""What Amazon says about the stock of active products, kept for the report.

Belongs here: which products to ask about, the file of their answers, and what events add to them.
Does not belong here: asking (`bwp_pipeline/api/stock.py`), or what follows for ordering
(`sections/purchases.py`).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import msgspec

from bwp_pipeline.api.stock import ProductRef, ProductStock
from bwp_pipeline.publishing.opening import open_published
from bwp_pipeline.reports.reading.data import Published
from bwp_pipeline.storage import plain_file, write_beside

_FILE = "stock.json"
MOST_UNITS = Decimal(10**9)


class AskedStock(msgspec.Struct, frozen=True, kw_only=True):
    """A product's stock according to Amazon; times are in UTC.

    `asked_at` is None where only the day is known. `buyable_units` are pieces. `stock_changed_at`
    and `buyability_changed_at` are of the latest INVENTORY_CHANGED and BUYABILITY_CHANGED events,
    which say that something changed and not what.
    """

    business_product_id: str
    product_key: str
    asked_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    buyable_units: Decimal | None = None
    buyability: str | None = None
    stock_changed_at: datetime | None = None
    buyability_changed_at: datetime | None = None
    error: str | None = None

    @property
    def not_buyable_since(self) -> datetime | None:
        """Since when it can't be bought, if both the API and an event say so."""
        return self.buyability_changed_at if self.buyability == "NOT_BUYABLE" else None


@dataclass(frozen=True)
class AskedStocks:
    """All that was asked, by business product id and product key."""

    products: Mapping[tuple[str, str], AskedStock] = field(default_factory=dict)
    problem: str | None = None

    def problems(self, business_product_id: str | None = None) -> list[str]:
        """Why stock is unknown, a line for each reason; of one store, or of all."""
        errors = Counter(
            one.error or ""
            for one in self.products.values()
            if one.buyable_units is None and business_product_id in {None, one.business_product_id}
        )
        said = [] if self.problem is None else [self.problem]
        return said + [
            f"Amazon returned no stock for {count} {'product' if count == 1 else 'products'}"
            f"{': ' + error if error else ''}"
            for error, count in sorted(errors.items())
        ]


def products_to_ask(database_path: Path, most: int) -> list[ProductRef]:
    """The active products with identifiers the API knows them by, the most units at risk first.

    Args:
        database_path: The published database.
        most: How many of each store are asked about at most.
    """
    with open_published(database_path) as connection:
        found = connection.execute(
            """
            with known as (
                select business_product_id, product_key,
                    max_by(product_id, snapshot_at) as product_id
                from marts.fct_delivery_items
                where product_id is not null
                group by all
            )
            select active.business_product_id, active.product_key, active.sku, known.product_id
            from reports.active_products as active
            left join known using (business_product_id, product_key)
            where coalesce(active.sku, known.product_id) is not null
            qualify row_number() over (
                partition by active.business_product_id
                order by active.units_at_risk desc, active.product_key
            ) <= ?
            order by all
            """,
            [most],
        ).fetchall()
    return [ProductRef(*row) for row in found]


def write_asked_stock(
    answers: Sequence[ProductStock], database_path: Path, directory: Path
) -> AskedStocks:
    """Write `stock.json` in place of the one before: the answers, and when events told of changes.

    Args:
        answers: What the API said.
        database_path: The published database, for its events.
        directory: The data directory.
    """
    with open_published(database_path) as connection:
        events: dict[tuple[str, str, str], datetime] = {
            (event_type, store, resource): at.replace(tzinfo=UTC)
            for event_type, store, resource, at in connection.execute(
                "select event_type, business_product_id, resource_id, max(event_time)"
                " from marts.fct_events"
                " where event_type in ('INVENTORY_CHANGED', 'BUYABILITY_CHANGED')"
                " and resource_id is not null group by all"
            ).fetchall()
        }
    asked = [
        AskedStock(
            business_product_id=one.ref.business_product_id,
            product_key=one.ref.product_key,
            asked_at=one.asked_at,
            buyable_units=one.buyable_units,
            buyability=one.buyability,
            stock_changed_at=events.get(
                ("INVENTORY_CHANGED", one.ref.business_product_id, one.inventory_item_id or "")
            ),
            buyability_changed_at=events.get(
                ("BUYABILITY_CHANGED", one.ref.business_product_id, one.ref.product_id or "")
            ),
            error=one.error,
        )
        for one in answers
    ]
    write_beside(directory / _FILE, msgspec.json.format(msgspec.json.encode(asked), indent=1))
    return _stocks(asked)


def read_asked_stock(directory: Path, published: Published | None = None) -> AskedStocks:
    """Read `stock.json`; if it can't be read, only that is reported.

    Args:
        directory: The data directory.
        published: What tells of stock where there is no such file: who has a copy of the database
            alone. The run that made the copy asked after it, so this is what the run before heard.
    """
    try:
        content = plain_file(directory / _FILE).read_bytes()
        asked = msgspec.json.decode(content, type=list[AskedStock])
    except FileNotFoundError:
        return _stocks(_published_stock(published)) if published else AskedStocks()
    except (OSError, msgspec.MsgspecError, RecursionError):
        return AskedStocks(problem=f"{_FILE} can't be read: the next run asks again")
    known = [one.buyable_units for one in asked if one.buyable_units is not None]
    if not all(units.is_finite() and abs(units) <= MOST_UNITS for units in known):
        return AskedStocks(problem=f"{_FILE} holds impossible units: the next run asks again")
    return _stocks(asked)


def _published_stock(published: Published) -> Iterator[AskedStock]:
    """What Amazon told on the last day or since; stock of earlier days may be long gone."""
    table = published.tables.get("stock_cover")
    if table is None:
        return
    for row in table.rows:
        told = dict(zip((column.name for column in table.columns), row, strict=True))
        if told["told_on"] >= published.window.last_day:
            yield AskedStock(
                business_product_id=told["business_product_id"],
                product_key=told["product_key"],
                buyable_units=told["buyable_units"],
            )


def _stocks(asked: Iterable[AskedStock]) -> AskedStocks:
    return AskedStocks({(one.business_product_id, one.product_key): one for one in asked})
