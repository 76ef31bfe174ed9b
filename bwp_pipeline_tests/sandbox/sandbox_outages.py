"""A sandbox's stock-outs beside what a report says of them: what is out, what is at risk.

Belongs here: the truth of a world's last second, and a page's words on the same products. Does not
belong here: how a database is made, or which differences are too much.
"""

from collections.abc import Iterable
from typing import NamedTuple

from bwp_pipeline.reports.page import Page
from bwp_pipeline.reports.sections.purchases import OUT_OF_STOCK
from bwp_pipeline.sandbox import World
from bwp_pipeline.sandbox.world.catalog import Catalog, Product
from bwp_pipeline.sandbox.world.lifecycle import CANADIAN_RATE
from bwp_pipeline.sandbox.world.ordering import LINE_COUNTS, UNIT_COUNTS

CURRENCY = "USD"


class Outage(NamedTuple):
    """A product that is out: money at risk by the truth and by the page, None where unlisted."""

    product_key: str
    truth: float
    told: float | None

    @property
    def ratio(self) -> float:
        """What the page says for each unit of money that is at risk."""
        return (self.told or 0.0) / self.truth


class Compared(NamedTuple):
    """All that is out, and the keys of products that ship and are called out."""

    out: list[Outage]
    called_out: list[str]


def compared(world: World, orders_a_day: float, pages: Iterable[Page]) -> Compared:
    """Set the pages of a world's last day, in its main currency, against the world's own truth."""
    (page,) = [page for page in pages if page.currency_code == CURRENCY]
    catalog = world.stores[0].catalog
    told = {item.row.product_key: item for item in page.restock}
    horizons = {line.product.product_key: line.purchase.horizon_days for line in page.order_lines}
    out = []
    for product in catalog.products:
        if catalog.is_short(product, world.now):
            units = orders_a_day * wanted_in_an_order(catalog, product, world.now)
            truth = horizons[product.key] * units * product.price * (1 - CANADIAN_RATE)
            listed = told.get(product.key)
            is_named = listed is not None and listed.row.stockout_status in OUT_OF_STOCK
            amount = listed.at_risk if listed is not None and is_named else None
            out.append(Outage(product.key, truth, None if amount is None else float(amount)))
    known = {outage.product_key for outage in out}
    called = {key for key, item in told.items() if item.row.stockout_status in OUT_OF_STOCK}
    return Compared(out, sorted(called - known))


def wanted_in_an_order(catalog: Catalog, product: Product, at: int) -> float:
    """Units of a product that a mean order would hold if it were on sale, as the sandbox draws."""
    others = sum(
        one.weight for one in catalog.products if one != product and not catalog.is_hidden(one, at)
    )
    share = product.weight / (others + product.weight)
    drawn = sum(weight * (1 - (1 - share) ** lines) for lines, weight in LINE_COUNTS.items()) / sum(
        LINE_COUNTS.values()
    )
    units = sum(units * weight for units, weight in UNIT_COUNTS.items()) / sum(UNIT_COUNTS.values())
    return drawn * units
