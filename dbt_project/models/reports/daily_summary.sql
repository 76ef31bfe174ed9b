-- Two clocks on one row: what was ordered that day (by order day), and what was shipped, delivered,
-- cancelled or decided that day (by event day).
with items as (
    select * from {{ ref('fct_delivery_items') }}
),

measured as (
    select
        ordered_on as day, business_product_id, currency_code,
        count(distinct order_id) as ordered_orders, sum(units) as ordered_units,
        0 as shipped_units, 0 as delivered_units, 0 as cancelled_orders, 0 as cancelled_units,
        0 as unfulfilled_units, null as lost_sales, 0 as resolved_orders, 0 as resolved_units
    from items
    where ordered_on is not null
    group by ordered_on, business_product_id, currency_code
    union all
    select
        shipped_on, business_product_id, currency_code,
        0, 0, sum(units), 0, 0, 0, 0, null, 0, 0
    from items
    where shipped_on is not null
    group by shipped_on, business_product_id, currency_code
    union all
    select
        delivered_on, business_product_id, currency_code,
        0, 0, 0, sum(units), 0, 0, 0, null, 0, 0
    from items
    where delivered_on is not null
    group by delivered_on, business_product_id, currency_code
    union all
    select
        cancelled_on, business_product_id, currency_code,
        0, 0, 0, 0, count(distinct order_id), sum(units),
        sum(case when root_cause = 'STOCK' then units end),
        sum(case when root_cause = 'STOCK' then units * unit_price end), 0, 0
    from items
    where cancelled_on is not null
    group by cancelled_on, business_product_id, currency_code
    union all
    select
        resolved_on, business_product_id, currency_code,
        0, 0, 0, 0, 0, 0, 0, null, count(distinct order_id), sum(units)
    from items
    where resolved_on is not null
    group by resolved_on, business_product_id, currency_code
)

select
    day, business_product_id, currency_code,
    cast(sum(ordered_orders) as bigint) as ordered_orders,
    cast(sum(ordered_units) as decimal(18, 3)) as ordered_units,
    cast(sum(shipped_units) as decimal(18, 3)) as shipped_units,
    cast(sum(delivered_units) as decimal(18, 3)) as delivered_units,
    cast(sum(cancelled_orders) as bigint) as cancelled_orders,
    cast(sum(cancelled_units) as decimal(18, 3)) as cancelled_units,
    cast(sum(unfulfilled_units) as decimal(18, 3)) as unfulfilled_units,
    cast(sum(lost_sales) as decimal(18, 4)) as lost_sales,
    cast(sum(resolved_orders) as bigint) as resolved_orders,
    cast(sum(resolved_units) as decimal(18, 3)) as resolved_units
from measured
group by day, business_product_id, currency_code
