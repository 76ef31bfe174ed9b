{{ replaces_orders() }}
with times as (
    select
        business_product_id, order_id, resource_id as refund_id,
        min(case when event_type = 'REFUND_REQUESTED' then event_time end) as requested_at,
        min(case when event_type = 'REFUND_COMPLETED' then event_time end) as completed_at
    from {{ ref('int_business_events') }}
    where resource_type = 'refund'
    group by business_product_id, order_id, resource_id
),

lines as (
    select
        business_product_id, order_id, line_item_id,
        max(case
            when shipped_at is not null or {{ has_left('state', 'delivery_reason') }} then 1 else 0
        end) as has_shipped,
        max(case
            when state = 'CANCELLED' and shipped_at is null
                and not coalesce({{ has_left('state', 'delivery_reason') }}, false)
                then 1
            else 0
        end) as has_stopped
    from {{ ref('fct_delivery_items') }}
    where {{ are_touched('snapshot_at') }}
    group by business_product_id, order_id, line_item_id
),

-- A refund that names no line may be for any of the order's.
of_shipped as (
    select
        refunds.business_product_id, refunds.order_id, refunds.refund_id,
        max(lines.has_shipped) = 1
        and not (
            max(coalesce(refunds.request_reason, '')) = 'CANCELLED_ORDER'
            and max(lines.has_stopped) = 1
        ) as is_of_shipped
    from {{ ref('int_refunds') }} as refunds
    left join lines
        on refunds.business_product_id = lines.business_product_id
        and refunds.order_id = lines.order_id
        and coalesce(refunds.line_item_id, lines.line_item_id) = lines.line_item_id
    group by refunds.business_product_id, refunds.order_id, refunds.refund_id
),

dated as (
    select
        refunds.business_product_id, refunds.order_id, refunds.refund_id, refunds.line_item_id,
        refunds.state, refunds.request_reason, refunds.status_reason, refunds.units,
        refunds.refund_total, refunds.currency_code, refunds.snapshot_at,
        coalesce(times.requested_at, refunds.created_at) as requested_at,
        coalesce(
            times.completed_at,
            case when refunds.state in ('SUCCESS', 'PARTIAL') then refunds.updated_at end
        ) as completed_at
    from {{ ref('int_refunds') }} as refunds
    left join times
        on refunds.business_product_id = times.business_product_id
        and refunds.order_id = times.order_id
        and refunds.refund_id = times.refund_id
)

select
    dated.business_product_id, dated.order_id, dated.refund_id, dated.line_item_id,
    dated.state, dated.request_reason, dated.status_reason,
    cast(dated.units as decimal(18, 3)) as units, dated.refund_total, dated.currency_code,
    dated.requested_at, dated.completed_at, dated.snapshot_at,
    {{ local_day('dated.completed_at', 'run.timezone') }} as completed_on,
    row_number() over (
        partition by dated.business_product_id, dated.order_id, dated.refund_id
        order by dated.line_item_id nulls last
    ) as refund_row,
    of_shipped.is_of_shipped
from dated
cross join {{ ref('stg_run_settings') }} as run
left join of_shipped
    on dated.business_product_id = of_shipped.business_product_id
    and dated.order_id = of_shipped.order_id
    and coalesce(dated.refund_id, '') = coalesce(of_shipped.refund_id, '')
