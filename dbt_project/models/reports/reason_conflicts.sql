-- Amazon's reason and a granted request name different causes. Counted once, by the precedence of
-- `root_cause`; lawful data has few: requests need a pending delivery.
select
    business_product_id, order_id, delivery_id, line_item_id, product_key, delivery_reason,
    request_reason, requested_by, root_cause, units, cancelled_at
from {{ ref('fct_delivery_items') }}
where
    state = 'CANCELLED'
    and requested_by is not null
    and (
        delivery_reason = 'UNDELIVERABLE'
        or (delivery_reason = 'UNFULFILLABLE' and request_reason is distinct from 'OUT_OF_STOCK')
    )
