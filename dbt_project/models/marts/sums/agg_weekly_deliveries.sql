{{ replaces_periods('week', 'week_start', ['fct_delivery_items']) }}
-- Grain: week_start, business_product_id, product_key. Deliveries by the week in which they shipped.
with items as (
    select
        business_product_id, product_key, delivery_id,
        {{ week_start('shipped_on') }} as week_start, units, delivered_at,
        delivered_at is not null or state = 'DELIVERED' as is_delivered,
        state = 'CANCELLED' and delivery_reason = 'UNDELIVERABLE' as is_undeliverable,
        delivered_at is not null and promised_at is not null as is_judged,
        delivered_at > promised_at as is_late,
        {{ hours_between('ordered_at', 'shipped_at') }} as order_to_ship_hours,
        {{ hours_between('shipped_at', 'delivered_at') }} as ship_to_deliver_hours
    from {{ of_changed_periods(ref('fct_delivery_items'), 'week', 'shipped_on') }}
    where shipped_on is not null and {{ is_amazons('delivery_provider') }}
)

select
    week_start, business_product_id, product_key,
    count(distinct delivery_id) as shipped_deliveries,
    cast(sum(units) as decimal(18, 3)) as shipped_units,
    cast(sum(case when is_delivered then units else 0 end) as decimal(18, 3)) as delivered_units,
    cast(sum(case when is_undeliverable then units else 0 end) as decimal(18, 3))
        as undeliverable_units,
    {{ quantile(0.5, 'order_to_ship_hours') }} as order_to_ship_hours_p50,
    {{ quantile(0.9, 'order_to_ship_hours') }} as order_to_ship_hours_p90,
    {{ quantile(0.5, 'ship_to_deliver_hours') }} as ship_to_deliver_hours_p50,
    {{ quantile(0.9, 'ship_to_deliver_hours') }} as ship_to_deliver_hours_p90,
    count(distinct case when is_judged then delivery_id end) as promised_deliveries,
    count(distinct case when is_late then delivery_id end) as late_deliveries
from items
group by week_start, business_product_id, product_key
