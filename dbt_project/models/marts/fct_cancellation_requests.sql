{{ replaces_orders() }}
select
    business_product_id, order_id, line_item_id,
    row_number() over (
        partition by business_product_id, order_id, line_item_id
        order by created_at, updated_at, state, reason, requested_by
    ) as request_number,
    reason, state, requested_by, units, created_at, updated_at
from {{ ref('int_cancellation_requests') }}
