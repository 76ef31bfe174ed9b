"""What earlier reports advised to order, so that the same need is not advised every day.

Here belong `advice.json`, its bounds, and what of the advice is still to be taken as on its way.
How much to order is worked out in `purchases`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import isfinite
from pathlib import Path

import msgspec
import numpy as np

from bwp_pipeline.demand.ordering import expected_arrivals
from bwp_pipeline.reports.reading.active_products import ProductId
from bwp_pipeline.storage import plain_file, write_beside

FILE = "advice.json"
KEPT_DAYS = 400
_MOST_UNITS = 10**12


@dataclass(frozen=True)
class OnItsWay:
    """Units advised and not seen to arrive; `day` is that of the latest advice."""

    units: float
    day: date
    days_ago: int


class Entry(msgspec.Struct, frozen=True):
    """Units of a day: advised, or by which the stock grew, or in stock."""

    day: date
    units: float


class Advised(msgspec.Struct, frozen=True):
    """What was advised for a product; `stock` are the latest readings of two days."""

    business_product_id: str
    product_key: str
    advised: tuple[Entry, ...] = ()
    received: tuple[Entry, ...] = ()
    stock: tuple[Entry, ...] = ()

    def before(self, day: date) -> "Advised":
        """Return what was known before a day, without what is too old to matter."""
        since = day - timedelta(days=KEPT_DAYS)
        known = (
            tuple(one for one in entries if since <= one.day < day)
            for entries in (self.advised, self.received, self.stock)
        )
        return Advised(self.business_product_id, self.product_key, *known)


@dataclass(frozen=True)
class Advice:
    """All that was advised, by product; `problem` says why it is not known."""

    products: Mapping[ProductId, Advised] = field(default_factory=dict)
    problem: str | None = None

    def on_its_way(self, product: ProductId, today: date, within: float) -> OnItsWay | None:
        """Return what is taken to be on its way, None where nothing is.

        Advised within so many days and not shown up in the stock since. What is older and has not
        arrived was not ordered.
        """
        known = self.products.get(product)
        earlier = known.before(today) if known else None
        if earlier is None or not earlier.advised:
            return None
        since = today - timedelta(days=round(within))
        recent = sum(one.units for one in earlier.advised if one.day >= since)
        totals = (recent, _sum(earlier.advised), _sum(earlier.received))
        units = float(expected_arrivals(*(np.full(1, total) for total in totals))[0])
        day = max(one.day for one in earlier.advised)
        return OnItsWay(units, day, (today - day).days) if units > 0 else None


def _sum(entries: Iterable[Entry]) -> float:
    return sum(one.units for one in entries)


def read_advice(directory: Path) -> Advice:
    """Read `advice.json`; one that can't be read says nothing but that."""
    try:
        content = plain_file(directory / FILE).read_bytes()
        found = msgspec.json.decode(content, type=list[Advised])
    except FileNotFoundError:
        return Advice()
    except (OSError, msgspec.MsgspecError, RecursionError):
        return Advice(problem=f"{FILE} can't be read: what was advised before is not known")
    entries = (one for each in found for one in (*each.advised, *each.received, *each.stock))
    if not all(isfinite(one.units) and abs(one.units) <= _MOST_UNITS for one in entries):
        return Advice(problem=f"{FILE} holds impossible units: what was advised is not known")
    return Advice({(one.business_product_id, one.product_key): one for one in found})


def advised_after(
    advice: Advice, today: date, quantities: Mapping[ProductId, tuple[int, float | None]]
) -> Advice:
    """Return the advice with a day's own; a day that is reported again replaces what it said.

    Args:
        advice: of the days before, or of this one.
        today: the day.
        quantities: units advised and units in stock (None unknown), by product.
    """
    products = {}
    for product in {*advice.products, *quantities}:
        earlier = advice.products.get(product, Advised(*product)).before(today)
        units, on_hand = quantities.get(product, (0, None))
        if not units and not earlier.advised:
            continue
        grown = 0.0
        if on_hand is not None and earlier.stock:
            grown = max(0.0, on_hand - earlier.stock[-1].units)
        products[product] = Advised(
            *product,
            advised=(*earlier.advised, *([Entry(today, float(units))] if units else ())),
            received=(*earlier.received, *([Entry(today, grown)] if grown else ())),
            stock=(
                *earlier.stock[-1:],
                *([Entry(today, max(on_hand, 0.0))] if on_hand is not None else ()),
            ),
        )
    return Advice(products)


def write_advice(advice: Advice, directory: Path) -> None:
    """Write `advice.json` in place of the one before."""
    ordered = [advice.products[product] for product in sorted(advice.products)]
    write_beside(directory / FILE, msgspec.json.format(msgspec.json.encode(ordered), indent=1))
