"""A mug that sells two a day, and what is bought of a product."""

from datetime import date
from decimal import Decimal

from bwp_pipeline.reports.reading.active_products import ActiveProduct
from bwp_pipeline.reports.sections.purchases import Purchase, purchases_of
from bwp_pipeline.reports.stock.advice import Advice
from bwp_pipeline.reports.stock.files import StockFiles
from bwp_pipeline.reports.stock.terms import Holding, Terms

TODAY = date(2026, 11, 20)
MUG = ActiveProduct(
    business_product_id="bp-1",
    product_key="MUG",
    currency_code="USD",
    sku="MUG",
    product_title="Enamel mug",
    unit_price=Decimal(20),
    currency_share=1.0,
    demand_per_day=2.0,
    demand_low=1.7,
    demand_high=2.3,
    demand_days=60.0,
    dispersion=8.0,
    units_per_order=1.2,
    in_stock_probability=0.98,
    units_at_risk=3.0,
    stockout_status="NONE",
    returning_units=Decimal(0),
    expected_sellable_units=None,
)


def bought(
    product: ActiveProduct = MUG,
    holding: Holding | None = None,
    terms: Terms | None = None,
    advice: Advice | None = None,
    today: date = TODAY,
) -> Purchase:
    stock = StockFiles(
        holdings={} if holding is None else {product.product_key: holding},
        terms={} if terms is None else {product.product_key: terms},
        advice=advice or Advice(),
    )
    return purchases_of([product], stock, today)[product.id]
