{# Grain: business_product_id, currency_code, periods_ago. #}
{% macro key_figures(items, currencies, bounds) -%}
with periods as (
    {{ window_and_before(bounds) }}
),

items as (
    {{ window_items(items, currencies, 'select min(periods.first_day) as first_day from periods') }}
),

clocked as (
    select
        items.*, periods.periods_ago, periods.first_day, periods.last_day,
        {{ is_amazons('items.delivery_provider') }} as is_amazons,
        {{ is_amazons_shortage('items.root_cause', 'items.delivery_provider') }} as is_shortage,
        coalesce(items.resolved_on between periods.first_day and periods.last_day, false)
            as is_resolved,
        coalesce(items.stopped_on between periods.first_day and periods.last_day, false)
            as is_cancelled
    from items
    inner join periods
        on
            items.resolved_on between periods.first_day and periods.last_day
            or items.stopped_on between periods.first_day and periods.last_day
),

orders as (
    select
        business_product_id, page_currency, periods_ago, clocked.first_day, clocked.last_day,
        order_id,
        bool_or(is_cancelled) as is_cancelled,
        bool_or(is_amazons) as is_amazons,
        bool_or(is_cancelled and is_shortage) as is_unfulfilled,
        sum(units) filter (where is_resolved and is_amazons) as resolved_units,
        sum(units) filter (where is_cancelled) as cancelled_units,
        sum(units) filter (where is_cancelled and is_shortage) as unfulfilled_units,
        sum(units) filter (
            where is_resolved and is_amazons
            and {{ is_withdrawn('root_cause') }}
        ) as withdrawn_units,
        sum(sales) filter (where is_cancelled and is_shortage) as lost_sales
    from clocked
    group by
        business_product_id, page_currency, periods_ago, clocked.first_day, clocked.last_day,
        order_id
)

select
    business_product_id, page_currency as currency_code, periods_ago, orders.first_day,
    orders.last_day, count(*) as orders,
    count(*) filter (where is_cancelled) as cancelled_orders,
    count(*) filter (where is_amazons) as amazon_orders,
    count(*) filter (where is_unfulfilled) as unfulfilled_orders,
    cast(coalesce(sum(resolved_units), 0) as decimal(18, 3)) as resolved_units,
    cast(coalesce(sum(cancelled_units), 0) as decimal(18, 3)) as cancelled_units,
    cast(coalesce(sum(unfulfilled_units), 0) as decimal(18, 3)) as unfulfilled_units,
    cast(coalesce(sum(withdrawn_units), 0) as decimal(18, 3)) as withdrawn_units,
    cast(coalesce(sum(lost_sales), 0) as decimal(18, 4)) as lost_sales,
    -- As decimals, for a sum of doubles depends on the order of its rows.
    cast(coalesce(
        sum(cast(lost_sales as decimal(18, 4)) * cast(lost_sales as decimal(18, 4))), 0
    ) as double) as lost_sales_squares,
    count(*) filter (where is_cancelled) / cast(count(*) as double) as cancellation_rate
from orders
group by business_product_id, page_currency, periods_ago, orders.first_day, orders.last_day
{%- endmacro %}
