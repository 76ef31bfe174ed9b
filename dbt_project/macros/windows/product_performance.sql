{# Grain: business_product_id, currency_code, product_key. Recent: the window's last 7 days. #}
{% macro product_performance(items, currencies, products, bounds) -%}
with bounds as (
    {{ bounds }}
),

items as (
    {{ window_items(items, currencies) }}
),

clocked as (
    select
        items.*,
        coalesce(items.resolved_on between bounds.first_day and bounds.last_day, false)
            as is_resolved,
        coalesce(items.resolved_on between bounds.last_day - 6 and bounds.last_day, false)
            as is_resolved_recently,
        coalesce(items.resolved_on between bounds.last_day - 96 and bounds.last_day - 7, false)
            as is_resolved_before,
        coalesce(items.stopped_on between bounds.first_day and bounds.last_day, false)
            as is_cancelled,
        coalesce(items.stopped_on between bounds.last_day - 6 and bounds.last_day, false)
            as is_cancelled_recently,
        coalesce(items.stopped_on between bounds.last_day - 96 and bounds.last_day - 7, false)
            as is_cancelled_before,
        items.root_cause = 'STOCK' as is_unfulfilled,
        items.root_cause in ('SHOPPER_CHOICE', 'SHOPPER_MISTAKE') as is_shoppers,
        items.root_cause = 'DELIVERY_FAILURE' as is_failed
    from items
    cross join bounds
),

counted as (
    select
        business_product_id, page_currency as currency_code, known_product_key as product_key,
        count(distinct order_id) filter (where is_resolved or is_cancelled) as orders,
        count(distinct order_id) filter (where is_unfulfilled and is_cancelled)
            as unfulfilled_orders,
        count(distinct order_id) filter (where is_shoppers and is_cancelled) as shopper_orders,
        sum(units) filter (where is_shoppers and is_cancelled) as shopper_units,
        sum(sales) filter (where is_shoppers and is_cancelled) as shopper_sales,
        count(distinct order_id) filter (where shipped_at is not null and is_resolved)
            as shipped_orders,
        count(distinct order_id) filter (where is_failed and is_cancelled) as failed_orders,
        sum(units) filter (where is_failed and is_cancelled) as failed_units,
        sum(sales) filter (where is_failed and is_cancelled) as failed_sales,
        string_agg(distinct last_milestone, ', ' order by last_milestone)
            filter (where is_failed and is_cancelled) as failed_milestones,
        count(distinct order_id) filter (where is_unfulfilled and is_cancelled_recently)
            as recent_unfulfilled_orders,
        count(distinct order_id) filter (where is_resolved_recently) as recent_orders,
        count(distinct order_id) filter (where is_unfulfilled and is_cancelled_before)
            as baseline_unfulfilled_orders,
        count(distinct order_id) filter (where is_resolved_before) as baseline_orders
    from clocked
    where
        is_resolved or is_resolved_recently or is_resolved_before
        or is_cancelled or is_cancelled_recently or is_cancelled_before
    group by business_product_id, page_currency, known_product_key
)

select
    counted.business_product_id, counted.currency_code, counted.product_key, products.sku,
    products.product_title, counted.orders, counted.unfulfilled_orders, counted.shopper_orders,
    cast(counted.shopper_units as decimal(18, 3)) as shopper_units,
    cast(counted.shopper_sales as decimal(18, 4)) as shopper_sales,
    counted.shipped_orders, counted.failed_orders,
    cast(counted.failed_units as decimal(18, 3)) as failed_units,
    cast(counted.failed_sales as decimal(18, 4)) as failed_sales, counted.failed_milestones,
    counted.recent_unfulfilled_orders, counted.recent_orders,
    counted.baseline_unfulfilled_orders, counted.baseline_orders
from counted
left join {{ products }} as products
    on counted.business_product_id = products.business_product_id
    and counted.product_key = products.product_key
{%- endmacro %}
