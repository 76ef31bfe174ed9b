{{ replaces_orders() }}
select
    business_product_id, order_id, 'LINE_ITEMS_INDISTINCT' as reason, snapshot_at
from {{ ref('int_orders') }}
where is_newest and not is_latest
