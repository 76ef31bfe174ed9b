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
        items.business_product_id, items.page_currency, periods.periods_ago, periods.first_day,
        periods.last_day, items.order_id, items.delivery_id, items.promised_at, items.delivered_at,
        epoch(items.shipped_at - items.ordered_at) / 3600 as order_to_ship_hours,
        epoch(items.delivered_at - items.shipped_at) / 3600 as ship_to_deliver_hours
    from items
    inner join periods on items.delivered_on between periods.first_day and periods.last_day
    where items.delivered_at is not null
)

select
    business_product_id, page_currency as currency_code, periods_ago, delivered.first_day,
    delivered.last_day, count(distinct (order_id, delivery_id)) as deliveries,
    quantile_cont(order_to_ship_hours, 0.5) as order_to_ship_hours_p50,
    quantile_cont(order_to_ship_hours, 0.9) as order_to_ship_hours_p90,
    quantile_cont(ship_to_deliver_hours, 0.5) as ship_to_deliver_hours_p50,
    quantile_cont(ship_to_deliver_hours, 0.9) as ship_to_deliver_hours_p90,
    count(distinct (order_id, delivery_id)) filter (where promised_at is not null)
        as promised_deliveries,
    count(distinct (order_id, delivery_id)) filter (where delivered_at > promised_at)
        as late_deliveries
from delivered
group by business_product_id, page_currency, periods_ago, delivered.first_day, delivered.last_day
{%- endmacro %}
