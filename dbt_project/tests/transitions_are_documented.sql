{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'fct_delivery_items'}}}) }}
-- The documented state machine: UNFULFILLABLE and CUSTOMER_REQUESTED come before shipping,
-- UNDELIVERABLE after it, and nothing leaves DELIVERED or CANCELLED. Warns: production is not known
-- to keep to the sandbox's rules, and events may be missing from the archive.
select business_product_id, order_id, delivery_id, line_item_id
from {{ ref('fct_delivery_items') }}
where
    {{ are_touched('snapshot_at') }}
    and (
        (delivery_reason in ('UNFULFILLABLE', 'CUSTOMER_REQUESTED') and shipped_at < cancelled_at)
        or (delivery_reason = 'UNDELIVERABLE' and cancelled_at < shipped_at)
        or (state = 'CANCELLED' and delivered_at is not null)
        or (state = 'PENDING' and coalesce(shipped_at, delivered_at) is not null)
    )
