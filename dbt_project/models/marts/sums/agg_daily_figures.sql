{{ replaces_periods('day', 'day', ['fct_delivery_items']) }}
{% set is_cancelled = "clock = 'cancelled'" %}
{% set is_unfulfilled =
    is_cancelled ~ ' and ' ~ is_amazons_shortage('root_cause', 'delivery_provider') %}
{% set is_resolved = "clock = 'resolved'" %}
{% set is_controllable = "clock = 'cancelled' and " ~ is_controllable('root_cause', 'requested_by') %}
{% set is_unclear = "clock = 'cancelled' and " ~ is_unclear('root_cause') %}
-- Cancelled before it shipped: it was never charged.
{% set is_stopped = "clock = 'resolved' and state = 'CANCELLED' and shipped_at is null" %}
{% set is_sold = "clock = 'resolved' and not (state = 'CANCELLED' and shipped_at is null)" %}
with items as (
    {{ items_by_clocks(
        ref('fct_delivery_items'), 'day',
        ['ordered', 'shipped', 'delivered', 'cancelled', 'resolved']
    ) }}
)

select
    day, business_product_id, currency_code,
    {{ count_where("clock = 'ordered'", 'order_id') }} as ordered_orders,
    {{ sum_where("clock = 'ordered'", 'units') }} as ordered_units,
    {{ sum_where("clock = 'ordered' and resolved_at is not null", 'units') }}
        as cohort_resolved_units,
    {{ sum_where("clock = 'ordered' and state = 'CANCELLED'", 'units') }}
        as cohort_cancelled_units,
    {{ sum_where("clock = 'shipped'", 'units') }} as shipped_units,
    {{ sum_where("clock = 'delivered'", 'units') }} as delivered_units,
    {{ count_where(is_cancelled, 'order_id') }} as cancelled_orders,
    {{ sum_where(is_cancelled, 'units') }} as cancelled_units,
    {{ sum_where(is_unfulfilled, 'units') }} as unfulfilled_units,
    {{ sum_where(is_unfulfilled, 'units * unit_price') }} as lost_sales,
    {{ count_where(is_resolved, 'order_id') }} as resolved_orders,
    {{ sum_where(is_resolved, 'units') }} as resolved_units,
    {{ sum_where(is_resolved ~ " and state = 'CANCELLED'", 'units') }} as resolved_cancelled_units,
    {{ sum_where(is_controllable, 'units') }} as controllable_units,
    {{ sum_where(is_unclear, 'units') }} as unclear_units,
    {{ sum_where(is_sold, 'units * unit_price') }} as shipped_sales,
    {{ sum_where(is_stopped, 'units * unit_price') }} as cancelled_sales,
    {{ sum_where(is_sold ~ ' and unit_price is null', 'units') }} as unpriced_units
from items
group by day, business_product_id, currency_code
