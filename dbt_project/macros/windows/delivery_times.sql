{# Grain: business_product_id, currency_code, periods_ago. #}
{% macro delivery_times(items, currencies, bounds) -%}
with periods as (
    {{ window_and_before(bounds) }}
),

items as (
    {{ window_items(items, currencies, 'select min(periods.first_day) as first_day from periods', ['delivered_on']) }}
),

delivered as (
    select distinct
        items.business_product_id, items.page_currency, periods.periods_ago, items.order_id,
        items.delivery_id, items.promised_at, items.delivered_at,
        epoch(items.shipped_at - items.ordered_at) / 3600 as order_to_ship_hours,
        epoch(items.delivered_at - items.shipped_at) / 3600 as ship_to_deliver_hours
    from items
    inner join periods on items.delivered_on between periods.first_day and periods.last_day
    where items.delivered_at is not null
),

-- Deliveries first, then how many: a set of distinct ones for each figure takes several times the memory.
of_deliveries as (
    select
        business_product_id, page_currency, periods_ago, order_id, delivery_id,
        bool_or(promised_at is not null) as is_promised,
        bool_or(delivered_at > promised_at) as is_late
    from delivered
    group by business_product_id, page_currency, periods_ago, order_id, delivery_id
),

counted as (
    select
        business_product_id, page_currency, periods_ago, count(*) as deliveries,
        count(*) filter (where is_promised) as promised_deliveries,
        count(*) filter (where is_late) as late_deliveries
    from of_deliveries
    group by business_product_id, page_currency, periods_ago
),

timed as (
    select
        business_product_id, page_currency, periods_ago,
        quantile_cont(order_to_ship_hours, 0.5) as order_to_ship_hours_p50,
        quantile_cont(order_to_ship_hours, 0.9) as order_to_ship_hours_p90,
        quantile_cont(ship_to_deliver_hours, 0.5) as ship_to_deliver_hours_p50,
        quantile_cont(ship_to_deliver_hours, 0.9) as ship_to_deliver_hours_p90
    from delivered
    group by business_product_id, page_currency, periods_ago
)

select
    counted.business_product_id, counted.page_currency as currency_code, counted.periods_ago,
    periods.first_day, periods.last_day, counted.deliveries, timed.order_to_ship_hours_p50,
    timed.order_to_ship_hours_p90, timed.ship_to_deliver_hours_p50,
    timed.ship_to_deliver_hours_p90, counted.promised_deliveries, counted.late_deliveries
from counted
inner join periods on counted.periods_ago = periods.periods_ago
inner join timed
    on counted.business_product_id = timed.business_product_id
    and coalesce(counted.page_currency, '') = coalesce(timed.page_currency, '')
    and counted.periods_ago = timed.periods_ago
{%- endmacro %}
