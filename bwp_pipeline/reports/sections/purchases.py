"""What to order of each active product, and what its stock means.

Here belongs putting demand, stock, terms and earlier advice together, once for each product,
whatever the currencies it sells in. The mathematics is in `bwp_pipeline.demand.ordering`; nothing
is assumed without saying so, and what is missing is named.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import ceil, floor, isnan

import numpy as np

from bwp_pipeline.demand.counts import Floats
from bwp_pipeline.demand.ordering import (
    MOST_DAYS,
    RunsOut,
    Spread,
    order_up_to,
    quantity,
    runs_out,
)
from bwp_pipeline.demand.outlook import HORIZON_DAYS, EstimatedDemand, units_short
from bwp_pipeline.reports.reading.active_products import ActiveProduct, ProductId
from bwp_pipeline.reports.stock.advice import OnItsWay
from bwp_pipeline.reports.stock.files import StockFiles
from bwp_pipeline.reports.stock.terms import REVIEW_DAYS, SERVICE_LEVEL, Holding, Terms

WEEK_DAYS = 7.0
OUT_OF_STOCK = ("ONGOING", "SILENT")


@dataclass(frozen=True)
class Purchase:
    """What is known of a product's stock and what follows for ordering it.

    Units are pieces, days count from the day after the window; None where something is missing,
    which `missing` names.

    Attributes:
        product: what is bought; the page in its currency tells the order.
        inbound: units on their way, as somebody says.
        advised: units that earlier reports advised, taken to be on their way as nobody says.
        returns: units of returns expected to be sellable again.
        stockout_on, stockout_from, stockout_until: when the stock runs out if nothing is ordered,
            and bounds that hold the day four times of five.
        units_at_risk: units expected to be lost in `horizon_days`, the lead time where it is known.
        week_at_risk: units expected to be lost in 7 days.
        assumed: what a default stands for.
    """

    product: ActiveProduct
    on_hand: Decimal | None
    is_amazons_stock: bool
    inbound: Decimal | None
    advised: OnItsWay | None
    returns: float
    cover_days: float | None
    stockout_on: date | None
    stockout_from: date | None
    stockout_until: date | None
    order_up_to: float | None
    suggested_units: int | None
    last_order_on: date | None
    unit_cost: Decimal | None
    cost: Decimal | None
    supplier: str | None
    snoozed_until: date | None
    is_discontinued: bool
    has_phantom_stock: bool
    units_at_risk: float
    week_at_risk: float
    horizon_days: float
    missing: tuple[str, ...]
    assumed: tuple[str, ...]

    @property
    def is_known(self) -> bool:
        """Whether anybody said anything of its stock or of how it is bought."""
        return self.missing != ("stock on hand", "lead time") or self.is_set_aside(date.min)

    def is_set_aside(self, today: date) -> bool:
        """Return whether the merchant has discontinued or snoozed it."""
        snoozed = self.snoozed_until is not None and self.snoozed_until >= today
        return self.is_discontinued or snoozed

    def is_due(self, today: date) -> bool:
        """Return whether it has to be ordered by today, so that the order comes in time."""
        by = self.last_order_on
        return bool(self.suggested_units) and by is not None and by <= today


@dataclass(frozen=True)
class _Case:
    """One product with all that is said of it."""

    product: ActiveProduct
    holding: Holding | None
    terms: Terms
    advised: OnItsWay | None

    @property
    def on_hand(self) -> float:
        return float(self.holding.on_hand) if self.holding else np.nan

    @property
    def position(self) -> float:
        """Units in stock, on their way, and coming back sellable; negative stock is none."""
        coming = float(self.holding.inbound or 0) if self.holding else 0.0
        coming += self.advised.units if self.advised else 0.0
        return max(self.on_hand, 0.0) + coming + (self.product.expected_sellable_units or 0.0)


def purchases_of(
    products: Sequence[ActiveProduct], stock: StockFiles, today: date
) -> dict[ProductId, Purchase]:
    """Work out stock and order quantity of each product.

    Args:
        products: the active products of all stores.
        stock: what the merchant, Amazon and earlier reports say.
        today: the day to count from.
    """
    cases = [_case(product, stock, today) for product in products]
    demand = EstimatedDemand.of_interval(
        _array(cases, lambda case: case.product.demand_per_day),
        _array(cases, lambda case: case.product.demand_low),
    )
    spread = Spread(
        _array(cases, lambda case: case.product.dispersion),
        _array(cases, lambda case: case.product.units_per_order),
    )
    lead = _array(cases, lambda case: np.nan if (t := case.terms.lead_time) is None else t)
    position = _array(cases, lambda case: case.position)
    up_to, suggested = _suggested(cases, demand, spread, lead, position)
    gone = runs_out(demand, spread, _array(cases, lambda case: max(case.on_hand, 0.0)))
    gone_with_all = runs_out(demand, spread, position)
    horizon = np.where(np.isnan(lead), HORIZON_DAYS, np.maximum(lead, 1.0))
    return {
        case.product.id: _purchase(case, _Numbers(*numbers), gone, index, today)
        for index, (case, *numbers) in enumerate(
            zip(
                cases,
                up_to,
                suggested,
                gone_with_all.days,
                _at_risk(cases, demand, spread, horizon),
                _at_risk(cases, demand, spread, np.full(len(cases), WEEK_DAYS)),
                horizon,
                strict=True,
            )
        )
    }


@dataclass(frozen=True)
class _Numbers:
    """A product's own of the arrays; NaN where unknown."""

    up_to: float
    suggested: float
    lasts: float
    at_risk: float
    week_at_risk: float
    horizon: float


def _case(product: ActiveProduct, stock: StockFiles, today: date) -> _Case:
    names = (product.business_product_id, product.sku, product.product_key)
    holding, terms = stock.holding(*names, today), stock.terms_of(*names) or Terms()
    advised = None
    if holding is not None and holding.inbound is None and terms.lead_time is not None:
        advised = stock.advice.on_its_way(
            product.id, today, within=terms.lead_time + 2.0 * terms.lead_time_sd
        )
    return _Case(product, holding, terms, advised)


def _suggested(
    cases: Sequence[_Case],
    demand: EstimatedDemand,
    spread: Spread,
    lead: Floats,
    position: Floats,
) -> tuple[Floats, Floats]:
    """Return order-up-to levels and quantities; NaN where stock or lead time is unknown.

    What was advised within the review period is not advised again: orders are placed once in it.
    """
    review = _array(cases, lambda case: _review(case.terms))
    service = _array(cases, lambda case: case.terms.service_level or SERVICE_LEVEL)
    up_to = order_up_to(
        demand,
        spread,
        days=np.nan_to_num(lead) + review,
        lead_time_sd=_array(cases, lambda case: case.terms.lead_time_sd),
        service_level=service,
    )
    units = quantity(
        up_to - position,
        _array(cases, lambda case: float(case.terms.minimum_order or 0)),
        _array(cases, lambda case: float(case.terms.case_pack or 1)),
    )
    age = _array(cases, lambda case: case.advised.days_ago if case.advised else np.inf)
    units = np.where(age < review, 0.0, units)
    up_to = np.where(np.isnan(lead), np.nan, up_to)
    unknown = np.isnan(lead) | np.array([case.holding is None for case in cases], dtype=bool)
    return up_to, np.where(unknown, np.nan, units)


def _at_risk(
    cases: Sequence[_Case], demand: EstimatedDemand, spread: Spread, days: Floats
) -> Floats:
    """Return the units expected to be lost; by orders alone where no stock is known."""
    known = _array(cases, lambda case: case.on_hand)
    inbound = _array(cases, lambda case: float((case.holding and case.holding.inbound) or 0))
    short = units_short(
        demand,
        _array(cases, lambda case: 1.0 - case.product.in_stock_probability),
        np.maximum(np.nan_to_num(known), 0.0) + inbound,
        days,
        spread.dispersion,
    )
    by_orders = _array(cases, lambda case: case.product.units_at_risk) * days / HORIZON_DAYS
    return np.where(np.isnan(known), by_orders, short)


def _purchase(case: _Case, numbers: _Numbers, gone: RunsOut, index: int, today: date) -> Purchase:
    product, holding, terms = case.product, case.holding, case.terms
    has_stock = holding is not None
    lasts = float(numbers.lasts) if has_stock else None
    suggested = None if isnan(numbers.suggested) else int(numbers.suggested)
    by = None
    if lasts is not None and terms.lead_time is not None:
        by = today + timedelta(days=floor(lasts) - ceil(terms.lead_time))
    days = [gone.days[index], gone.earliest[index], gone.latest[index]] if has_stock else [None] * 3
    on, earliest, latest = (_day(today, value) for value in days)
    assumed = []
    if suggested is not None and terms.service_level is None:
        assumed.append("service level")
    if suggested is not None and terms.review_days is None:
        assumed.append("review days")
    missing = (("stock on hand", holding), ("lead time", terms.lead_time))
    return Purchase(
        product=product,
        on_hand=holding.on_hand if holding else None,
        is_amazons_stock=holding is not None and holding.is_amazons,
        inbound=holding.inbound if holding else None,
        advised=case.advised,
        returns=product.expected_sellable_units or 0.0,
        cover_days=lasts,
        stockout_on=on,
        stockout_from=earliest,
        stockout_until=latest,
        order_up_to=None if isnan(numbers.up_to) else float(numbers.up_to),
        suggested_units=suggested,
        last_order_on=by,
        unit_cost=terms.unit_cost,
        cost=terms.unit_cost * suggested if suggested and terms.unit_cost is not None else None,
        supplier=terms.supplier,
        snoozed_until=terms.snooze_until,
        is_discontinued=terms.is_discontinued,
        has_phantom_stock=product.stockout_status in OUT_OF_STOCK and case.on_hand > 0,
        units_at_risk=float(numbers.at_risk),
        week_at_risk=float(numbers.week_at_risk),
        horizon_days=float(numbers.horizon),
        missing=tuple(name for name, value in missing if value is None),
        assumed=tuple(assumed),
    )


def _day(today: date, days: float | None) -> date | None:
    """Return the day so many days on; None beyond what is told apart."""
    if days is None or isnan(days) or days >= MOST_DAYS:
        return None
    return today + timedelta(days=floor(days))


def _review(terms: Terms) -> float:
    return REVIEW_DAYS if terms.review_days is None else terms.review_days


def _array(cases: Sequence[_Case], value: Callable[[_Case], float]) -> Floats:
    return np.array([value(case) for case in cases], dtype=np.float64)
