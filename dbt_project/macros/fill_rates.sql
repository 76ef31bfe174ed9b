{#
    Of what was to be filled, how much was: units, lines and orders, by the merchant's day of the
    decision and `keys`. What the shopper took back was not to be filled; what the merchant delivers
    itself is none of Amazon's. A line or an order counts on each day on which units of it were decided
    or failed, and is filled there when none failed.
#}
{% macro fill_rates(keys) -%}
{%- set line = "order_id || '/' || line_item_id" -%}
with items as (
    {{ items_by_clocks(ref('fct_delivery_items'), 'day', ['resolved', 'cancelled']) }}
),

judged as (
    select
        day, business_product_id, product_key, order_id, line_item_id, units,
        clock = 'resolved' and not coalesce({{ is_withdrawn('root_cause') }}, false) as is_eligible,
        clock = 'cancelled' and coalesce(root_cause = 'STOCK', false) as is_unfulfilled
    from items
    where {{ is_amazons('delivery_provider') }}
),

counted as (
    select
        day, {{ keys | join(', ') }},
        {{ sum_where('is_eligible', 'units') }} as eligible_units,
        {{ sum_where('is_unfulfilled', 'units') }} as unfulfilled_units,
        {{ count_where('is_eligible or is_unfulfilled', line) }} as eligible_lines,
        {{ count_where('is_unfulfilled', line) }} as unfulfilled_lines,
        {{ count_where('is_eligible or is_unfulfilled', 'order_id') }} as eligible_orders,
        {{ count_where('is_unfulfilled', 'order_id') }} as unfulfilled_orders
    from judged
    where is_eligible or is_unfulfilled
    group by day, {{ keys | join(', ') }}
)

select
    day, {{ keys | join(', ') }}, cast(eligible_units as decimal(18, 3)) as eligible_units,
    cast(unfulfilled_units as decimal(18, 3)) as unfulfilled_units,
    {{ ratio('eligible_units - unfulfilled_units', 'eligible_units') }} as unit_fill_rate,
    eligible_lines, unfulfilled_lines,
    {{ ratio('eligible_lines - unfulfilled_lines', 'eligible_lines') }} as line_fill_rate,
    eligible_orders, unfulfilled_orders,
    {{ ratio('eligible_orders - unfulfilled_orders', 'eligible_orders') }} as order_fill_rate
from counted
{%- endmacro %}
