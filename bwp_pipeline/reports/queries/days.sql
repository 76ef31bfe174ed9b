-- One row per store, currency and day that saw an order decided or cancelled.
with resolved as (
    select
        business_product_id,
        currency_code,
        resolved_on as day,
        count(distinct order_id) as resolved_orders,
        count(distinct order_id) filter (where root_cause is not null and shipped_at is null)
            as stopped_orders,
        sum(units) as resolved_units
    from items
    where resolved_on <= $last_day
    group by all
),

cancelled as (
    select
        business_product_id,
        currency_code,
        cancelled_on as day,
        sum(units) as cancelled_units,
        sum(units) filter (where root_cause = 'STOCK') as unfulfilled_units,
        sum(sales) filter (where root_cause = 'STOCK') as lost_sales
    from items
    where cancelled_on <= $last_day
    group by all
)

select
    coalesce(r.business_product_id, c.business_product_id) as business_product_id,
    coalesce(r.currency_code, c.currency_code) as currency_code,
    coalesce(r.day, c.day) as day,
    coalesce(r.resolved_orders, 0) as resolved_orders,
    coalesce(r.stopped_orders, 0) as stopped_orders,
    coalesce(r.resolved_units, 0) as resolved_units,
    coalesce(c.cancelled_units, 0) as cancelled_units,
    coalesce(c.unfulfilled_units, 0) as unfulfilled_units,
    coalesce(c.lost_sales, 0) as lost_sales
from resolved as r
full join cancelled as c
    on
        r.business_product_id = c.business_product_id
        and r.currency_code is not distinct from c.currency_code
        and r.day = c.day
order by all
