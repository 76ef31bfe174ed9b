{{ replaces_periods('day', 'day', ['fct_delivery_items']) }}
{% set is_unfulfilled = "clock = 'cancelled' and root_cause = 'STOCK' and evidence = " %}
-- Only what Amazon delivers: of the rest it knows no stock.
with items as (
    {{ items_by_clocks(ref('fct_delivery_items'), 'day', ['ordered', 'shipped', 'cancelled']) }}
),

judged as (
    select
        day, business_product_id, product_key, order_id, units, clock, root_cause,
        clock = 'ordered' and not coalesce({{ is_withdrawn('root_cause') }}, false) as is_wanted,
        {{ evidence('delivery_reason', 'is_shared_delivery') }} as evidence
    from items
    where {{ is_amazons('delivery_provider') }}
)

select
    day, business_product_id, product_key,
    {{ count_where("clock = 'ordered'", 'order_id') }} as ordered_orders,
    {{ sum_where("clock = 'ordered'", 'units') }} as ordered_units,
    {{ count_where('is_wanted', 'order_id') }} as wanted_orders,
    {{ sum_where('is_wanted', 'units') }} as wanted_units,
    {{ count_where("clock = 'shipped'", 'order_id') }} as shipped_orders,
    {{ sum_where("clock = 'shipped'", 'units') }} as shipped_units,
    {% for kind in ('direct', 'shared', 'merchant_declared') %}
    {{ count_where(is_unfulfilled ~ "'" ~ kind ~ "'", 'order_id') }}
        as unfulfilled_orders_{{ kind }},
    {{ sum_where(is_unfulfilled ~ "'" ~ kind ~ "'", 'units') }}
        as unfulfilled_units_{{ kind }}{{ ',' if not loop.last }}
    {% endfor %}
from judged
group by day, business_product_id, product_key
