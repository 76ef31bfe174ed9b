{#
    Grain: business_product_id, currency_code, product_key. Recent: the window's last 7 days. What
    the merchant delivers itself is left out.
#}
{% macro product_performance(items, currencies, products, bounds) -%}
{#- An order counts in a column where one of its items meets the condition. #}
{% set orders = {
    'orders': 'is_resolved or is_cancelled',
    'unfulfilled_orders': 'is_unfulfilled and is_cancelled',
    'shopper_orders': 'is_shoppers and is_cancelled',
    'shipped_orders': 'shipped_at is not null and is_resolved',
    'failed_orders': 'is_failed and is_cancelled',
    'recent_unfulfilled_orders': 'is_unfulfilled and is_cancelled_recently',
    'recent_orders': 'is_resolved_recently',
    'baseline_unfulfilled_orders': 'is_unfulfilled and is_cancelled_before',
    'baseline_orders': 'is_resolved_before'
} %}
{% set since = 'select least(bounds.first_day, bounds.last_day - 96) as first_day from bounds' %}
with bounds as (
    {{ bounds }}
),

items as (
    {{ window_items(items, currencies, since) }}
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
        {{ is_shoppers_choice('items.root_cause') }} as is_shoppers,
        items.root_cause = 'DELIVERY_FAILURE' as is_failed
    from items
    cross join bounds
    where {{ is_amazons('items.delivery_provider') }}
),

-- Orders first, then how many: a set of distinct orders for each figure takes several times the
-- memory. What is true of an order are bits of one number; a column each takes more time and memory.
of_orders as (
    select
        business_product_id, page_currency, known_product_key, order_id,
        bit_or(
            {%- for condition in orders.values() %}
            case when {{ condition }} then {{ 2 ** loop.index0 }} else 0 end{{ ' +' if not loop.last }}
            {%- endfor %}
        ) as found
    from clocked
    where
        is_resolved or is_resolved_recently or is_resolved_before
        or is_cancelled or is_cancelled_recently or is_cancelled_before
    group by business_product_id, page_currency, known_product_key, order_id
),

counted as (
    select
        business_product_id, page_currency as currency_code, known_product_key as product_key,
        {%- for name in orders %}
        count(*) filter (where found & {{ 2 ** loop.index0 }} > 0) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from of_orders
    group by business_product_id, page_currency, known_product_key
),

lost as (
    select
        business_product_id, page_currency as currency_code, known_product_key as product_key,
        sum(units) filter (where is_shoppers) as shopper_units,
        sum(sales) filter (where is_shoppers) as shopper_sales,
        sum(units) filter (where is_failed) as failed_units,
        sum(sales) filter (where is_failed) as failed_sales,
        string_agg(distinct last_milestone, ', ' order by last_milestone)
            filter (where is_failed) as failed_milestones
    from clocked
    where is_cancelled and (is_shoppers or is_failed)
    group by business_product_id, page_currency, known_product_key
)

select
    counted.business_product_id, counted.currency_code, counted.product_key, products.sku,
    products.product_title, counted.orders, counted.unfulfilled_orders, counted.shopper_orders,
    cast(lost.shopper_units as decimal(18, 3)) as shopper_units,
    cast(lost.shopper_sales as decimal(18, 4)) as shopper_sales,
    counted.shipped_orders, counted.failed_orders,
    cast(lost.failed_units as decimal(18, 3)) as failed_units,
    cast(lost.failed_sales as decimal(18, 4)) as failed_sales, lost.failed_milestones,
    counted.recent_unfulfilled_orders, counted.recent_orders,
    counted.baseline_unfulfilled_orders, counted.baseline_orders
from counted
left join lost
    on counted.business_product_id = lost.business_product_id
    and coalesce(counted.currency_code, '') = coalesce(lost.currency_code, '')
    and counted.product_key = lost.product_key
left join {{ products }} as products
    on counted.business_product_id = products.business_product_id
    and counted.product_key = products.product_key
{%- endmacro %}
