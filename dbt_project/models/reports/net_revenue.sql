-- Grain: day, business_product_id, currency_code. A refund counts once, on the day on which it was
-- done, and lowers revenue only where something had shipped: what was cancelled before was never
-- revenue. Refunds are few, so all are summed.
with parts as (
    select
        day, business_product_id, currency_code, shipped_sales, cancelled_sales, unpriced_units,
        cast(0 as decimal(18, 4)) as refunded_sales, cast(0 as decimal(18, 4)) as returned_money
    from {{ ref('agg_daily_figures') }}
    where resolved_orders > 0
    union all
    select
        completed_on as day, business_product_id, currency_code, 0 as shipped_sales,
        0 as cancelled_sales, 0 as unpriced_units,
        case when coalesce(is_of_shipped, true) then refund_total else 0 end as refunded_sales,
        case when coalesce(is_of_shipped, true) then 0 else refund_total end as returned_money
    from {{ ref('fct_refunds') }}
    where refund_row = 1 and state in ('SUCCESS', 'PARTIAL')
),

summed as (
    select
        day, business_product_id, currency_code,
        {{ sum_where('true', 'shipped_sales') }} as shipped_sales,
        {{ sum_where('true', 'cancelled_sales') }} as cancelled_sales,
        {{ sum_where('true', 'refunded_sales') }} as refunded_sales,
        {{ sum_where('true', 'returned_money') }} as refunds_of_cancelled,
        {{ sum_where('true', 'unpriced_units') }} as unpriced_units
    from parts
    group by day, business_product_id, currency_code
)

select
    day, business_product_id, currency_code,
    cast(shipped_sales as decimal(18, 4)) as shipped_sales,
    cast(cancelled_sales as decimal(18, 4)) as cancelled_sales,
    cast(refunded_sales as decimal(18, 4)) as refunded_sales,
    cast(refunds_of_cancelled as decimal(18, 4)) as refunds_of_cancelled,
    cast(shipped_sales - refunded_sales as decimal(18, 4)) as net_revenue,
    cast(unpriced_units as decimal(18, 3)) as unpriced_units
from summed
