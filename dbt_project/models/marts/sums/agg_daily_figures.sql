{{ replaces_periods('day', 'day', ['fct_delivery_items']) }}
-- Grain: day, business_product_id, currency_code. What was ordered that day (by order day), and what
-- was shipped, delivered, cancelled or decided that day (by event day).
with measured as (
    select
        ordered_on as day, business_product_id, currency_code,
        count(distinct order_id) as ordered_orders, sum(units) as ordered_units,
        sum(case when resolved_at is not null then units end) as cohort_resolved_units,
        sum(case when state = 'CANCELLED' then units end) as cohort_cancelled_units,
        0 as shipped_units, 0 as delivered_units, 0 as cancelled_orders, 0 as cancelled_units,
        0 as unfulfilled_units, null as lost_sales, 0 as resolved_orders, 0 as resolved_units,
        0 as resolved_cancelled_units
    from {{ of_changed_periods(ref('fct_delivery_items'), 'day', 'ordered_on') }}
    where ordered_on is not null
    group by ordered_on, business_product_id, currency_code
    union all
    select
        shipped_on, business_product_id, currency_code,
        0, 0, 0, 0, sum(units), 0, 0, 0, 0, null, 0, 0, 0
    from {{ of_changed_periods(ref('fct_delivery_items'), 'day', 'shipped_on') }}
    where shipped_on is not null
    group by shipped_on, business_product_id, currency_code
    union all
    select
        delivered_on, business_product_id, currency_code,
        0, 0, 0, 0, 0, sum(units), 0, 0, 0, null, 0, 0, 0
    from {{ of_changed_periods(ref('fct_delivery_items'), 'day', 'delivered_on') }}
    where delivered_on is not null
    group by delivered_on, business_product_id, currency_code
    union all
    select
        cancelled_on, business_product_id, currency_code,
        0, 0, 0, 0, 0, 0, count(distinct order_id), sum(units),
        sum(case when root_cause = 'STOCK' then units end),
        sum(case when root_cause = 'STOCK' then units * unit_price end), 0, 0, 0
    from {{ of_changed_periods(ref('fct_delivery_items'), 'day', 'cancelled_on') }}
    where cancelled_on is not null
    group by cancelled_on, business_product_id, currency_code
    union all
    select
        resolved_on, business_product_id, currency_code,
        0, 0, 0, 0, 0, 0, 0, 0, 0, null, count(distinct order_id), sum(units),
        sum(case when state = 'CANCELLED' then units else 0 end)
    from {{ of_changed_periods(ref('fct_delivery_items'), 'day', 'resolved_on') }}
    where resolved_on is not null
    group by resolved_on, business_product_id, currency_code
)

select
    day, business_product_id, currency_code,
    sum(ordered_orders) as ordered_orders, sum(ordered_units) as ordered_units,
    sum(cohort_resolved_units) as cohort_resolved_units,
    sum(cohort_cancelled_units) as cohort_cancelled_units,
    sum(shipped_units) as shipped_units, sum(delivered_units) as delivered_units,
    sum(cancelled_orders) as cancelled_orders, sum(cancelled_units) as cancelled_units,
    sum(unfulfilled_units) as unfulfilled_units, sum(lost_sales) as lost_sales,
    sum(resolved_orders) as resolved_orders, sum(resolved_units) as resolved_units,
    sum(resolved_cancelled_units) as resolved_cancelled_units
from measured
group by day, business_product_id, currency_code
