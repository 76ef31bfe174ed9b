"""What to order, where the merchant says what is in stock and how products are bought.

Here belongs the arithmetic of cover, reorder points and quantities. The two files it rests on are
read in `stock_files`; nothing is assumed that they don't say, and what is missing is named.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import ceil, floor, sqrt

from scipy import special

MOST_COVER_DAYS = 365


@dataclass(frozen=True)
class Holding:
    """Units on hand and on their way: a row of inventory.csv, or what Amazon says it can sell."""

    on_hand: Decimal
    inbound: Decimal = Decimal(0)
    is_amazons: bool = False


@dataclass(frozen=True)
class Terms:
    """A row of overrides.csv: how a product is bought, and what the merchant decided on it.

    Times are days. `lead_time_sd` is the standard deviation of the lead time, `service_level` the
    share of order cycles that are to end without running out.
    """

    lead_time: float | None = None
    lead_time_sd: float = 0.0
    review_days: float = 7.0
    minimum_order: Decimal | None = None
    case_pack: Decimal | None = None
    unit_cost: Decimal | None = None
    supplier: str | None = None
    service_level: float = 0.95
    snooze_until: date | None = None
    is_discontinued: bool = False


@dataclass(frozen=True)
class Purchase:
    """What is known of a product's stock and what follows for ordering it.

    Units are pieces, cover is days; None where something is missing, which `missing` names.
    """

    on_hand: Decimal | None
    is_amazons_stock: bool
    cover_days: float | None
    stockout_on: date | None
    safety_stock: float | None
    reorder_point: float | None
    order_up_to: float | None
    suggested_units: int | None
    last_order_on: date | None
    cost: Decimal | None
    supplier: str | None
    snoozed_until: date | None
    is_discontinued: bool
    has_phantom_stock: bool
    missing: tuple[str, ...]


def purchase(
    demand_per_day: float | None,
    holding: Holding | None,
    terms: Terms | None,
    *,
    today: date,
    is_out_of_stock: bool,
) -> Purchase:
    """Work out cover and order quantity for one product.

    Daily demand is taken as Poisson, so its variance is its mean. With lead time L, review period R
    and z the normal quantile of the service level, the safety stock S is z * sqrt((L + R) * v +
    (v * sdL)^2), the reorder point v * L + S, and one orders up to v * (L + R) + S.

    Args:
        demand_per_day: unconstrained demand v, units a day; None where it is unknown.
        holding: stock, None where neither the merchant nor Amazon told it.
        terms: how it is bought, None where the merchant gave nothing.
        today: the day to count from.
        is_out_of_stock: whether it could not be fulfilled and has not shipped since.
    """
    terms = terms or Terms()
    missing = [
        name
        for name, value in (
            ("demand", demand_per_day),
            ("stock on hand", holding),
            ("lead time", terms.lead_time),
        )
        if value is None
    ]
    cover = _cover(demand_per_day, holding)
    stockout_on = today + timedelta(days=floor(cover)) if cover is not None else None
    safety = reorder = up_to = None
    suggested = last_order_on = None
    if demand_per_day is not None and terms.lead_time is not None:
        safety = _safety_stock(demand_per_day, terms.lead_time, terms)
        reorder = demand_per_day * terms.lead_time + safety
        up_to = demand_per_day * (terms.lead_time + terms.review_days) + safety
        if holding is not None:
            suggested = _quantity(up_to, holding, terms)
        if stockout_on is not None:
            last_order_on = stockout_on - timedelta(days=ceil(terms.lead_time))
    return Purchase(
        on_hand=holding.on_hand if holding else None,
        is_amazons_stock=holding is not None and holding.is_amazons,
        cover_days=cover,
        stockout_on=stockout_on,
        safety_stock=safety,
        reorder_point=reorder,
        order_up_to=up_to,
        suggested_units=suggested,
        last_order_on=last_order_on,
        cost=terms.unit_cost * suggested if suggested and terms.unit_cost is not None else None,
        supplier=terms.supplier,
        snoozed_until=terms.snooze_until,
        is_discontinued=terms.is_discontinued,
        has_phantom_stock=is_out_of_stock and holding is not None and holding.on_hand > 0,
        missing=tuple(missing),
    )


def _cover(demand_per_day: float | None, holding: Holding | None) -> float | None:
    """Return days of cover, at most 365; a negative stock is none."""
    if holding is None or not demand_per_day:
        return None
    position = max(float(holding.on_hand), 0.0) + float(holding.inbound)
    return min(position / demand_per_day, float(MOST_COVER_DAYS))


def _safety_stock(demand: float, lead_time: float, terms: Terms) -> float:
    z = float(special.ndtri(terms.service_level))
    span = lead_time + terms.review_days
    return max(0.0, z * sqrt(span * demand + (demand * terms.lead_time_sd) ** 2))


def _quantity(up_to: float, holding: Holding, terms: Terms) -> int:
    """Return whole units to order: the need, the supplier's minimum at least, in full cases."""
    need = up_to - max(float(holding.on_hand), 0.0) - float(holding.inbound)
    if need <= 0:
        return 0
    units = max(need, float(terms.minimum_order or 0))
    pack = float(terms.case_pack or 1)
    return ceil(ceil(round(units / pack, 9)) * pack)
