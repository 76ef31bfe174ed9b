{{ replaces_periods('day', 'day', ['fct_delivery_items', 'agg_product_states']) }}
-- Grain: day, business_product_id, currency_code, order_id, is_stopped, is_explained. Orders decided
-- each day, by whether the model of demand took a product of theirs to be out that day. An order with
-- an item without a currency stands alone, under its id: which currency it counts in is the store's,
-- and may change.
with orders as (
    select
        items.resolved_on as day, items.business_product_id, items.currency_code, items.order_id,
        max(
            case when items.root_cause is not null and items.shipped_at is null then 1 else 0 end
        ) as is_stopped,
        max(case when days.in_stock_probability < 0.4 then 1 else 0 end) as is_explained
    from {{ of_changed_periods(ref('fct_delivery_items'), 'day', 'resolved_on') }} as items
    left join {{ of_changed_periods(ref('fct_product_days'), 'day', 'day') }} as days
        on items.business_product_id = days.business_product_id
        and items.product_key = days.product_key and items.resolved_on = days.day
    where items.resolved_on is not null
    group by items.resolved_on, items.business_product_id, items.currency_code, items.order_id
),

alone as (
    select distinct day, business_product_id, order_id from orders where currency_code is null
)

select
    orders.day, orders.business_product_id, orders.currency_code, alone.order_id,
    orders.is_stopped, orders.is_explained, count(*) as orders
from orders
left join alone
    on orders.day = alone.day and orders.business_product_id = alone.business_product_id
    and orders.order_id = alone.order_id
group by
    orders.day, orders.business_product_id, orders.currency_code, alone.order_id,
    orders.is_stopped, orders.is_explained
