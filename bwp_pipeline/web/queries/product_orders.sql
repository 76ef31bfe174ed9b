-- One row per order, delivery and line of the product that was cancelled, the newest first.
select
    order_id, cancelled_on, units, root_cause, is_shared_delivery, units * unit_price as sales,
    currency_code
from marts.fct_delivery_items
where
    business_product_id = $store and product_key = $product_key and state = 'CANCELLED'
order by cancelled_on desc nulls last, order_id, line_item_id
limit 200
