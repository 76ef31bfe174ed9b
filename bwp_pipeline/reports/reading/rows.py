"""The rows that a report works with: typed readings of the published database.

Here belong their shapes, named as the columns are; the database describes each column. How they are
read is in `windows`, what is made of them in the modules of the page's sections.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from bwp_pipeline.reports.reading.active_products import ActiveProduct
from bwp_pipeline.reports.reading.scored_products import ScoredProduct
from bwp_pipeline.reports.reading.short_units import InferredUnits

PageKey = tuple[str, str | None]
"""A store's business product id and a currency: what one page shows."""


class NamedProduct(Protocol):
    """Anything that names a product."""

    @property
    def sku(self) -> str | None:
        """The merchant's."""

    @property
    def product_key(self) -> str | None:
        """What the product is grouped by."""

    @property
    def product_title(self) -> str | None:
        """Untrusted text."""


@dataclass(frozen=True)
class UnfulfilledProduct:
    """A row of reports.unfulfilled_products."""

    business_product_id: str
    currency_code: str | None
    product_key: str
    sku: str | None
    product_title: str | None
    unfulfilled_units: Decimal | None
    unfulfilled_units_direct: Decimal | None
    unfulfilled_units_shared: Decimal | None
    unfulfilled_units_merchant_declared: Decimal | None
    affected_orders: int
    resolved_orders: int
    unfulfillable_rate_eb: float | None
    rate_low: float | None
    rate_high: float | None
    lost_sales: Decimal | None
    demand_per_day: float | None
    revenue_at_risk: Decimal | None
    last_shipped_at: datetime | None
    stockout_status: str | None
    rank: int


@dataclass(frozen=True)
class ProductPerformance:
    """A row of reports.product_performance."""

    business_product_id: str
    currency_code: str | None
    product_key: str
    sku: str | None
    product_title: str | None
    orders: int
    unfulfilled_orders: int
    shopper_orders: int
    shopper_units: Decimal | None
    shopper_sales: Decimal | None
    shipped_orders: int
    failed_orders: int
    failed_units: Decimal | None
    failed_sales: Decimal | None
    failed_milestones: str | None
    recent_unfulfilled_orders: int
    recent_orders: int
    baseline_unfulfilled_orders: int
    baseline_orders: int


@dataclass(frozen=True)
class KeyFigures:
    """A row of reports.key_figures: a window (0) or the equally long time before it (1)."""

    business_product_id: str
    currency_code: str | None
    periods_ago: int
    orders: int
    cancelled_orders: int
    amazon_orders: int
    unfulfilled_orders: int
    resolved_units: Decimal
    cancelled_units: Decimal
    unfulfilled_units: Decimal
    withdrawn_units: Decimal
    lost_sales: Decimal


@dataclass(frozen=True)
class DeliveryTimes:
    """A row of reports.delivery_times: a window (0) or the equally long time before it (1)."""

    business_product_id: str
    currency_code: str | None
    periods_ago: int
    deliveries: int
    order_to_ship_hours_p50: float | None
    order_to_ship_hours_p90: float | None
    ship_to_deliver_hours_p50: float | None
    ship_to_deliver_hours_p90: float | None
    promised_deliveries: int
    late_deliveries: int

    @property
    def late_share(self) -> float | None:
        """The share of deliveries that came later than promised; None without a promise."""
        if not self.promised_deliveries:
            return None
        return self.late_deliveries / self.promised_deliveries


@dataclass(frozen=True)
class DayDecisions:
    """A row of reports.daily_decisions, or of reports.unexplained_decisions."""

    business_product_id: str
    currency_code: str | None
    day: date
    decided_orders: int
    stopped_orders: int


@dataclass(frozen=True)
class DayCancellations:
    """A day's rows of reports.cancellation_reasons of one root cause, added up."""

    business_product_id: str
    currency_code: str | None
    cancelled_on: date
    root_cause: str
    cancelled_units: Decimal | None
    lost_sales: Decimal | None


@dataclass(frozen=True)
class WindowReason:
    """A window's rows of reports.cancellation_reasons with the same reasons, added up."""

    business_product_id: str
    currency_code: str | None
    root_cause: str
    delivery_reason: str | None
    request_reason: str | None
    cancelled_units: Decimal | None
    lost_sales: Decimal | None


@dataclass(frozen=True)
class ProductWeek:
    """A product's unfulfilled units of 7 days; the week that ends with the window is 0 ago."""

    business_product_id: str
    currency_code: str | None
    product_key: str
    weeks_ago: int
    unfulfilled_units: Decimal | None


@dataclass(frozen=True)
class CancelledOrder:
    """A row of reports.cancelled_orders."""

    business_product_id: str
    currency_code: str | None
    cancelled_on: date
    root_cause: str
    product_key: str
    order_id: str
    sku: str | None
    product_title: str | None
    cancelled_units: Decimal | None


@dataclass(frozen=True)
class ReturnFailure:
    """A row of reports.return_failures."""

    business_product_id: str
    currency_code: str | None
    failed_on: date
    product_key: str
    sku: str | None
    product_title: str | None
    reason: str | None
    carrier_code: str | None
    failed_packages: int
    failed_units: Decimal | None
    failed_value: Decimal | None


@dataclass(frozen=True)
class FailedReturn:
    """A row of reports.failed_returns."""

    business_product_id: str
    currency_code: str | None
    failed_on: date
    order_id: str
    return_id: str
    product_key: str | None
    sku: str | None


@dataclass(frozen=True)
class GradedReturns:
    """A row of reports.graded_returns."""

    business_product_id: str
    currency_code: str | None
    graded_units: Decimal
    sellable_units: Decimal


@dataclass(frozen=True)
class Facts:
    """The rows behind the pages of a report, or behind one page."""

    restock: list[UnfulfilledProduct]
    active: list[ActiveProduct]
    products: list[ProductPerformance]
    periods: list[KeyFigures]
    deliveries: list[DeliveryTimes]
    decisions: list[DayDecisions]
    unexplained: list[DayDecisions]
    cancellations: list[DayCancellations]
    reasons: list[WindowReason]
    product_weeks: list[ProductWeek]
    orders: list[CancelledOrder]
    return_failures: list[ReturnFailure]
    failed_returns: list[FailedReturn]
    graded: list[GradedReturns]
    scored: list[ScoredProduct]
    inferred: list[InferredUnits]

    @classmethod
    def none(cls) -> "Facts":
        """Return no row at all."""
        return cls(**{field.name: [] for field in fields(cls)})

    def by_page(self, main_currencies: Mapping[str, str | None]) -> dict[PageKey, "Facts"]:
        """Divide the rows among pages; what has no currency goes with its store's main one."""
        parts: dict[PageKey, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        names = [field.name for field in fields(self)]
        for name in names:
            for row in getattr(self, name):
                store = row.business_product_id
                parts[store, row.currency_code or main_currencies.get(store)][name].append(row)
        return {key: Facts(**{name: part[name] for name in names}) for key, part in parts.items()}


@dataclass(frozen=True)
class Coverage:
    """A row of reports.coverage: how much of a store is known."""

    business_product_id: str
    orders: int
    known_orders: int
    duplicates: int
    first_event_at: datetime | None


@dataclass(frozen=True)
class Check:
    """A row of reports.data_quality; window_share: of the window's units, where it is known."""

    check_name: str
    severity: str
    meaning: str
    found: int
    examples: str | None
    window_share: float | None
