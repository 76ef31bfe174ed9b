{#
    What happened to each product in the window: common tables `units_of_window` to `windowed`, by
    product and currency. They need `bounds`: first_day and last_day, both included.
#}
{% macro unfulfilled_windowed(items) -%}
{% set is_unfulfilled -%}
    items.root_cause = 'STOCK'
    and items.cancelled_on between bounds.first_day and bounds.last_day
{%- endset %}
{% set is_resolved -%}
    items.resolved_on between bounds.first_day and bounds.last_day
{%- endset %}
items_of_window as (
    select
        items.business_product_id, items.product_key,
        items.currency_code, items.units, items.unit_price, items.root_cause,
        coalesce(items.cancelled_at, items.resolved_at) as unfulfilled_at,
        {{ is_unfulfilled }} as is_unfulfilled, {{ is_resolved }} as is_resolved,
        {{ evidence('items.delivery_reason', 'items.is_shared_delivery') }} as evidence
    from {{ decided_or_cancelled_since(items) }} as items
    cross join bounds
),

-- What happened in the window, per product and currency.
units_of_window as (
    select
        business_product_id, product_key, currency_code,
        sum(case when is_unfulfilled then units end) as unfulfilled_units,
        sum(case when is_unfulfilled and evidence = 'direct' then units else 0 end) as direct_units,
        sum(case when is_unfulfilled and evidence = 'shared' then units else 0 end) as shared_units,
        sum(case when is_unfulfilled and evidence = 'merchant_declared' then units else 0 end)
            as declared_units,
        sum(case when is_resolved then units end) as resolved_units,
        sum(
            case
                when is_resolved and {{ is_shoppers_choice('root_cause') }}
                    then units
                else 0
            end
        ) as unwanted_units,
        sum(case when is_unfulfilled then units * unit_price end) as lost_sales,
        {{ ratio(
            'sum(units * unit_price)', 'sum(case when unit_price is not null then units end)'
        ) }} as mean_price,
        min(case when is_unfulfilled then unfulfilled_at end) as first_unfulfilled_at,
        max(case when is_unfulfilled then unfulfilled_at end) as last_unfulfilled_at
    from items_of_window
    where is_unfulfilled or is_resolved
    group by business_product_id, product_key, currency_code
),

orders_of_window as (
    select
        items.business_product_id, items.product_key,
        items.currency_code, items.order_id,
        max(case when {{ is_unfulfilled }} then 1 else 0 end) as is_affected
    from {{ decided_or_cancelled_since(items) }} as items
    cross join bounds
    where ({{ is_unfulfilled }}) or ({{ is_resolved }})
    group by
        items.business_product_id, items.product_key, items.currency_code,
        items.order_id
),

counted_orders as (
    select
        business_product_id, product_key, currency_code, count(*) as orders,
        sum(is_affected) as affected_orders
    from orders_of_window
    group by business_product_id, product_key, currency_code
),

windowed as (
    select units.*, orders.orders, cast(orders.affected_orders as bigint) as affected_orders
    from units_of_window as units
    inner join counted_orders as orders
        on units.business_product_id = orders.business_product_id
        and units.product_key = orders.product_key
        and coalesce(units.currency_code, '') = coalesce(orders.currency_code, '')
)
{%- endmacro %}

{#
    What was decided since the window's first day, or before and cancelled since: two searches, each
    by one day, so that what lies before is not read. Text, because what several ask of one common
    table is kept whole.
#}
{% macro decided_or_cancelled_since(items) -%}
    (
        select items.*
        from {{ items }} as items
        cross join bounds
        where items.resolved_on >= bounds.first_day
        union all
        select items.*
        from {{ items }} as items
        cross join bounds
        where items.cancelled_on >= bounds.first_day and items.resolved_on < bounds.first_day
    )
{%- endmacro %}
