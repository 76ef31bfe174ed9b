{#
    Reports whose rows sum up a window of days and can't be added up from days: distinct orders,
    quantiles, a window against the one before. Each is a query of its own for the model of the
    current window and for the function of the same name that answers for any other.

    `bounds` is a query of one row, first_day and last_day. These are a function's parameters, too,
    so columns of these names never stand without their table's. An item without a currency has no
    price: it is counted with its store's most frequent one.
#}
{% macro window_items(items, currencies) -%}
    select
        items.*, coalesce(items.currency_code, currencies.currency_code) as page_currency,
        coalesce(items.product_key, 'UNKNOWN') as known_product_key,
        items.units * items.unit_price as sales,
        case when items.root_cause is not null then items.cancelled_on end as stopped_on
    from {{ items }} as items
    left join {{ currencies }} as currencies
        on items.business_product_id = currencies.business_product_id
{%- endmacro %}

{% macro window_and_before(bounds) -%}
    select
        ages.periods_ago,
        bounds.first_day - cast(ages.periods_ago * (bounds.last_day - bounds.first_day + 1) as integer)
            as first_day,
        bounds.last_day - cast(ages.periods_ago * (bounds.last_day - bounds.first_day + 1) as integer)
            as last_day
    from ({{ bounds }}) as bounds
    cross join (values (0), (1)) as ages (periods_ago)
{%- endmacro %}

{# Grain: business_product_id, currency_code, periods_ago. #}
{% macro key_figures(items, currencies, bounds) -%}
with periods as (
    {{ window_and_before(bounds) }}
),

items as (
    {{ window_items(items, currencies) }}
),

clocked as (
    select
        items.*, periods.periods_ago, periods.first_day, periods.last_day,
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
        bool_or(is_cancelled and root_cause = 'STOCK') as is_unfulfilled,
        sum(units) filter (where is_resolved) as resolved_units,
        sum(units) filter (where is_cancelled) as cancelled_units,
        sum(units) filter (where is_cancelled and root_cause = 'STOCK') as unfulfilled_units,
        sum(units) filter (
            where is_resolved
            and root_cause in ('SHOPPER_CHOICE', 'SHOPPER_MISTAKE', 'ADDRESS', 'PAYMENT')
        ) as withdrawn_units,
        sum(sales) filter (where is_cancelled and root_cause = 'STOCK') as lost_sales
    from clocked
    group by
        business_product_id, page_currency, periods_ago, clocked.first_day, clocked.last_day,
        order_id
)

select
    business_product_id, page_currency as currency_code, periods_ago, orders.first_day,
    orders.last_day, count(*) as orders,
    count(*) filter (where is_cancelled) as cancelled_orders,
    count(*) filter (where is_unfulfilled) as unfulfilled_orders,
    cast(coalesce(sum(resolved_units), 0) as decimal(18, 3)) as resolved_units,
    cast(coalesce(sum(cancelled_units), 0) as decimal(18, 3)) as cancelled_units,
    cast(coalesce(sum(unfulfilled_units), 0) as decimal(18, 3)) as unfulfilled_units,
    cast(coalesce(sum(withdrawn_units), 0) as decimal(18, 3)) as withdrawn_units,
    cast(coalesce(sum(lost_sales), 0) as decimal(18, 4)) as lost_sales,
    coalesce(sum(cast(lost_sales as double) * cast(lost_sales as double)), 0)
        as lost_sales_squares
from orders
group by business_product_id, page_currency, periods_ago, orders.first_day, orders.last_day
{%- endmacro %}

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

{# Grain: business_product_id, currency_code, periods_ago. #}
{% macro delivery_times(items, currencies, bounds) -%}
with periods as (
    {{ window_and_before(bounds) }}
),

items as (
    {{ window_items(items, currencies) }}
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
