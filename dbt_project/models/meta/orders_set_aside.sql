select business_product_id, order_id, reason, snapshot_at
from {{ ref('agg_orders_set_aside') }}
