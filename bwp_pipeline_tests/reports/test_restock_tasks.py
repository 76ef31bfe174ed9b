"""Why a product is among today's tasks, in the words of the task."""

from dataclasses import replace
from decimal import Decimal

from bwp_pipeline.reports.reading.rows import UnfulfilledProduct
from bwp_pipeline.reports.sections.actions import tasks_of
from bwp_pipeline.reports.sections.restock import Restock

SILENT = UnfulfilledProduct(
    business_product_id="bp-1",
    currency_code="USD",
    product_key="MUG",
    sku="MUG",
    product_title="Enamel mug",
    unfulfilled_units=Decimal(0),
    unfulfilled_units_direct=Decimal(0),
    unfulfilled_units_shared=Decimal(0),
    unfulfilled_units_merchant_declared=Decimal(0),
    affected_orders=0,
    resolved_orders=9,
    unfulfillable_rate_eb=None,
    rate_low=None,
    rate_high=None,
    lost_sales=Decimal(0),
    demand_per_day=2.0,
    revenue_at_risk=Decimal(900),
    last_shipped_at=None,
    stockout_status="SILENT",
    rank=1,
)


def why(row: UnfulfilledProduct) -> str:
    product = Restock(
        row=row,
        action="Restock",
        is_due=True,
        at_risk=row.revenue_at_risk,
        week_at_risk=None,
        weeks=(0.0,) * 12,
        purchase=None,
        order_ids=(),
    )
    (task,) = tasks_of([product], [], [], [], "USD")
    return task.why


def test_a_silent_product_without_a_failed_unit_is_there_for_its_silence_alone() -> None:
    assert why(SILENT) == "No orders since it ran out."


def test_failed_units_are_told_with_their_orders_and_their_money_where_it_is_known() -> None:
    failed = replace(SILENT, unfulfilled_units=Decimal(3), affected_orders=2, lost_sales=None)
    assert why(failed) == "3 units unfulfilled in 2 orders. No orders since it ran out."
    priced = why(replace(failed, lost_sales=Decimal(60))).replace("\xa0", " ")
    assert priced.startswith("3 units unfulfilled in 2 orders, USD 60.00 lost.")
