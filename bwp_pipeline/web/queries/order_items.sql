-- One row per delivery item of an order, found by its id or by the shop's own number.
select
    items.business_product_id, items.order_id, orders.order_alias, items.product_title, items.sku,
    items.product_key, items.units, items.state, items.root_cause, items.delivery_reason,
    items.request_reason, items.requested_by, items.ordered_at, items.shipped_at, items.delivered_at,
    items.cancelled_at, items.carrier_code, items.last_milestone, items.last_milestone_at,
    items.snapshot_at
from marts.fct_delivery_items as items
inner join marts.dim_orders as orders using (business_product_id, order_id)
where orders.order_id = $order or orders.order_alias = $order
order by items.business_product_id, items.order_id, items.line_item_id, items.delivery_id
limit 500
