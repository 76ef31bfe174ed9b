"""What was told of a product four weeks ago and became of it: a row's reading.

Here belongs the row's shape. Reading is in `windows`, what it says of the report in `scorecard`.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import nan


@dataclass(frozen=True)
class ScoredProduct:
    """A row of reports.scorecard."""

    business_product_id: str
    product_key: str
    currency_code: str | None
    sku: str | None
    product_title: str | None
    as_of: date
    last_day: date
    stockout_status: str
    stockout_status_now: str
    is_listed: bool
    demand_per_day: float
    demand_low: float
    dispersion: float
    units_per_order: float
    buyable_units: float | None
    revenue_at_risk: Decimal | None
    days_on_sale: int
    days_out: int
    wanted_units: float
    shipped_units: Decimal | None
    lost_sales: Decimal | None
    recovered_on: date | None
    ran_out_on: date | None
    sold_out_on: date | None
    restocked_on: date | None

    @property
    def was_out(self) -> bool:
        """Whether it was told to be out."""
        return self.stockout_status in {"ONGOING", "SILENT"}

    @property
    def gone_on(self) -> date | None:
        """The first day on which it was gone, by Amazon or by its orders."""
        return min(filter(None, (self.sold_out_on, self.ran_out_on)), default=None)

    def days_until(self, day: date | None) -> float:
        """Return the days from the day after `as_of`; NaN where there is none."""
        return nan if day is None else float((day - self.as_of).days - 1)
