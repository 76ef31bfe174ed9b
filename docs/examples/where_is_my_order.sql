-- A customer calls: what happened to each item of this order? (Look it up by id or by the shop's
-- own order number.)
select
    items.product_title, items.units, items.state, items.root_cause, date_trunc('second', items.ordered_at) as ordered_at,
    items.shipped_at, items.delivered_at, items.cancelled_at, items.snapshot_at
from marts.fct_delivery_items as items
join marts.dim_orders as orders using (business_product_id, order_id)
where
    orders.order_id = (
        -- Put the id here; this takes the latest order with a partial cancellation.
        select order_id
        from marts.dim_orders
        where cancelled_units > 0 and shipped_units > 0
        order by ordered_at desc
        limit 1
    )
order by items.line_item_id, items.delivery_id;
