{{ replaces_periods('day', 'day', ['fct_delivery_items']) }}
-- Grain: business_product_id, order_id, product_key, day. Orders of several products that stopped for
-- want of stock, where nobody says which product was missing.
select business_product_id, order_id, product_key, day
from {{ of_changed_periods(ref('agg_decided_orders'), 'day', 'day') }} as orders
where shared = 1
