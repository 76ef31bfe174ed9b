-- Two clocks on one row: what was ordered that day (by order day), and what was shipped, delivered,
-- cancelled or decided that day (by event day).
with items as (
    select * from {{ ref('fct_delivery_items') }}
),

measured as (
    select
        ordered_on as day, business_product_id, currency_code,
        count(distinct order_id) as ordered_orders, sum(units) as ordered_units,
        sum(case when resolved_at is not null then units end) as cohort_resolved_units,
        sum(case when state = 'CANCELLED' then units end) as cohort_cancelled_units,
        0 as shipped_units, 0 as delivered_units, 0 as cancelled_orders, 0 as cancelled_units,
        0 as unfulfilled_units, null as lost_sales, 0 as resolved_orders, 0 as resolved_units,
        0 as resolved_cancelled_units
    from items
    where ordered_on is not null
    group by ordered_on, business_product_id, currency_code
    union all
    select
        shipped_on, business_product_id, currency_code,
        0, 0, 0, 0, sum(units), 0, 0, 0, 0, null, 0, 0, 0
    from items
    where shipped_on is not null
    group by shipped_on, business_product_id, currency_code
    union all
    select
        delivered_on, business_product_id, currency_code,
        0, 0, 0, 0, 0, sum(units), 0, 0, 0, null, 0, 0, 0
    from items
    where delivered_on is not null
    group by delivered_on, business_product_id, currency_code
    union all
    select
        cancelled_on, business_product_id, currency_code,
        0, 0, 0, 0, 0, 0, count(distinct order_id), sum(units),
        sum(case when root_cause = 'STOCK' then units end),
        sum(case when root_cause = 'STOCK' then units * unit_price end), 0, 0, 0
    from items
    where cancelled_on is not null
    group by cancelled_on, business_product_id, currency_code
    union all
    select
        resolved_on, business_product_id, currency_code,
        0, 0, 0, 0, 0, 0, 0, 0, 0, null, count(distinct order_id), sum(units),
        sum(case when state = 'CANCELLED' then units else 0 end)
    from items
    where resolved_on is not null
    group by resolved_on, business_product_id, currency_code
),

summed as (
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
),

judged as (
    select
        summed.*,
        {{ dbt.dateadd('day', 'report_window.maturity_days', 'summed.day') }}
        <= report_window.last_day as is_cohort_mature
    from summed
    cross join {{ ref('report_window') }} as report_window
)

select
    day, business_product_id, currency_code,
    cast(ordered_orders as bigint) as ordered_orders,
    cast(ordered_units as decimal(18, 3)) as ordered_units,
    cast(shipped_units as decimal(18, 3)) as shipped_units,
    cast(delivered_units as decimal(18, 3)) as delivered_units,
    cast(cancelled_orders as bigint) as cancelled_orders,
    cast(cancelled_units as decimal(18, 3)) as cancelled_units,
    cast(unfulfilled_units as decimal(18, 3)) as unfulfilled_units,
    cast(case when unfulfilled_units = 0 then 0 else lost_sales end as decimal(18, 4))
        as lost_sales,
    cast(resolved_orders as bigint) as resolved_orders,
    cast(resolved_units as decimal(18, 3)) as resolved_units,
    {{ ratio('resolved_cancelled_units', 'resolved_units') }} as cancellation_rate,
    cast(coalesce(cohort_resolved_units, 0) as decimal(18, 3)) as cohort_resolved_units,
    cast(coalesce(cohort_cancelled_units, 0) as decimal(18, 3)) as cohort_cancelled_units,
    case
        when is_cohort_mature
            then {{ ratio('coalesce(cohort_cancelled_units, 0)', 'cohort_resolved_units') }}
    end as cohort_cancellation_rate,
    is_cohort_mature
from judged
