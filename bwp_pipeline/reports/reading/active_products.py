"""The products that may have to be ordered: a typed reading of reports.active_products.

Here belongs the row's shape. Reading is in `windows`, what to order in `purchases`.
"""

from dataclasses import dataclass
from decimal import Decimal

ProductId = tuple[str, str]
"""A business product id and a product key."""


@dataclass(frozen=True)
class ActiveProduct:
    """A row of reports.active_products: what an order quantity rests on."""

    business_product_id: str
    product_key: str
    currency_code: str | None
    sku: str | None
    product_title: str | None
    unit_price: Decimal | None
    currency_share: float
    demand_per_day: float
    demand_low: float
    demand_high: float
    demand_days: float
    dispersion: float
    units_per_order: float
    in_stock_probability: float
    units_at_risk: float
    stockout_status: str
    returning_units: Decimal
    expected_sellable_units: float | None

    @property
    def id(self) -> ProductId:
        """What stock, terms and decisions are kept by."""
        return self.business_product_id, self.product_key
