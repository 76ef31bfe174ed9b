{{ replaces_orders() }}
with times as (
    select
        business_product_id, order_id, resource_id as refund_id,
        min(case when event_type = 'REFUND_REQUESTED' then event_time end) as requested_at,
        min(case when event_type = 'REFUND_COMPLETED' then event_time end) as completed_at
    from {{ ref('int_business_events') }}
    where resource_type = 'refund'
    group by business_product_id, order_id, resource_id
)

select
    refunds.business_product_id, refunds.order_id, refunds.refund_id, refunds.line_item_id,
    refunds.state, refunds.request_reason, refunds.status_reason,
    cast(refunds.units as decimal(18, 3)) as units, refunds.refund_total, refunds.currency_code,
    coalesce(times.requested_at, refunds.created_at) as requested_at,
    coalesce(
        times.completed_at,
        case when refunds.state in ('SUCCESS', 'PARTIAL') then refunds.updated_at end
    ) as completed_at,
    refunds.snapshot_at
from {{ ref('int_refunds') }} as refunds
left join times
    on refunds.business_product_id = times.business_product_id
    and refunds.order_id = times.order_id
    and refunds.refund_id = times.refund_id
