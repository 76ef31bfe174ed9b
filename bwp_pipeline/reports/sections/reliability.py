"""Products that stand out among others: by unfulfilled orders, and by what shoppers cancel.

Here belongs who stands out and in which order. The mathematics is in
`bwp_pipeline.demand.small_samples`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bwp_pipeline.demand.small_samples import Prior, exceptional, fit_prior
from bwp_pipeline.reports import charts, wording
from bwp_pipeline.reports.reading.rows import ProductPerformance, UnfulfilledProduct

FEWEST_PRODUCTS = 5
FEW_FAILURES = 3
"""One or two failed deliveries of a product are chance."""


@dataclass(frozen=True)
class Reliability:
    """The funnel of all products, and those that fail most surely.

    `outside` are products with more failed orders than chance makes. `ranked` are unfulfilled
    products by their rate's lower bound; empty where no rate was computed.
    """

    funnel: charts.Funnel
    centre: float
    products: int
    outside: list[ProductPerformance]
    ranked: list[UnfulfilledProduct]


@dataclass(frozen=True)
class ShopperChoice:
    """A product that shoppers cancelled: the rate and its 80 % interval."""

    product: ProductPerformance
    rate: float
    low: float
    high: float


@dataclass(frozen=True)
class ShopperChoices:
    """Products that shoppers cancelled, those whose rate is most surely high first.

    `clearly_above` are those whose lower bound is above the shop's rate.
    """

    rows: list[ShopperChoice]
    prior: Prior | None
    clearly_above: list[ShopperChoice]


def reliability_of(
    products: Sequence[ProductPerformance], restock: Sequence[UnfulfilledProduct]
) -> Reliability | None:
    """Return the products that stand out; None where there are too few to compare."""
    counted = [row for row in products if row.orders]
    events = sum(row.unfulfilled_orders for row in counted)
    if len(counted) < FEWEST_PRODUCTS or not events:
        return None
    counts = [(row.unfulfilled_orders, row.orders) for row in counted]
    centre = events / sum(n for _, n in counts)
    if centre >= 1:
        return None
    above = exceptional(counts, centre)
    drawing = charts.funnel(
        [(wording.product(row), x, n) for row, (x, n) in zip(counted, counts, strict=True)],
        centre,
        above,
    )
    ranked = sorted(
        (row for row in restock if row.rate_low is not None),
        key=lambda row: (-(row.rate_low or 0), row.product_key),
    )
    return Reliability(
        funnel=drawing,
        centre=centre,
        products=len(counted),
        outside=[row for row, is_above in zip(counted, above, strict=True) if is_above],
        ranked=ranked,
    )


def shopper_choices_of(products: Sequence[ProductPerformance]) -> ShopperChoices:
    """Return what shoppers cancelled by product: their change of mind and their mistakes."""
    counted = [row for row in products if row.orders]
    if not any(row.shopper_orders for row in counted):
        return ShopperChoices([], None, [])
    prior = fit_prior([(row.shopper_orders, row.orders) for row in counted])
    rows = []
    for row in counted:
        if row.shopper_orders:
            x, n = row.shopper_orders, row.orders
            low, high = prior.interval(x, n)
            rows.append(ShopperChoice(row, prior.rate(x, n), low, high))
    rows.sort(key=lambda row: (-row.low, -row.product.shopper_orders, row.product.product_key))
    return ShopperChoices(rows, prior, [row for row in rows if row.low > prior.mean])


def failed_deliveries_of(products: Sequence[ProductPerformance]) -> list[ProductPerformance]:
    """Return the products that failed on the way, those with the most orders first."""
    return sorted(
        (row for row in products if row.failed_orders),
        key=lambda row: (-row.failed_orders, row.product_key),
    )
