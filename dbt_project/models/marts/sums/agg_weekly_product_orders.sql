{{ replaces_periods('week', 'week_start', ['dim_orders', 'fct_delivery_items']) }}
-- Grain: week_start, business_product_id, product_key. Orders by the week in which they were created:
-- an order has one, though its lines may have several, so that sums over weeks count it once. All
-- items of an order are of its latest answer, which tells where they lie.
with orders as (
    select {{ week_start('ordered_on') }} as week_start, business_product_id, order_id,
        snapshot_at
    from {{ of_changed_periods(ref('dim_orders'), 'week', 'ordered_on') }}
)

select
    orders.week_start, items.business_product_id, items.product_key,
    count(distinct items.order_id) as orders
from {{ ref('fct_delivery_items') }} as items
inner join orders
    on items.business_product_id = orders.business_product_id
    and items.order_id = orders.order_id
    and items.snapshot_at = orders.snapshot_at
group by orders.week_start, items.business_product_id, items.product_key
