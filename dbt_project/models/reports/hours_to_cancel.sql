{{ replaces_periods('week', 'week_start', ['fct_delivery_items']) }}
-- Grain: week_start, business_product_id, root_cause.
with items as (
    select
        business_product_id, root_cause, order_id, units,
        {{ week_start('cancelled_on') }} as week_start,
        {{ hours_between('ordered_at', 'coalesce(cancelled_at, resolved_at)') }} as hours
    from {{ of_changed_periods(ref('fct_delivery_items'), 'week', 'cancelled_on') }}
    where root_cause is not null and cancelled_on is not null
)

select
    week_start, business_product_id, root_cause, count(distinct order_id) as cancelled_orders,
    cast(sum(units) as decimal(18, 3)) as cancelled_units,
    percentile_cont(0.5) within group (order by hours) as hours_to_cancel_p50,
    percentile_cont(0.9) within group (order by hours) as hours_to_cancel_p90
from items
group by week_start, business_product_id, root_cause
