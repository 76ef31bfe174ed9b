{{ config(materialized='ephemeral') }}
-- Grain: a refund and a line item that it names, in the latest answer. A refund that names no line
-- has one row, without units.
with refunds as (
    select business_product_id, order_id, snapshot_at, {{ each_of('refunds') }} as refund
    from {{ ref('int_orders') }}
    where is_latest and {{ list_length('refunds') }} > 0
),

dated as (
    select
        business_product_id, order_id, snapshot_at, refund, refund.id as refund_id,
        {{ parse_time('refund.createdAt') }} as created_at,
        {{ parse_time('refund.updatedAt') }} as updated_at
    from refunds
    where refund is not null
),

-- What stands twice under one id is one refund.
ranked as (
    select
        *,
        row_number() over (
            partition by business_product_id, order_id, refund_id
            order by updated_at desc nulls last, created_at desc nulls last, refund.state nulls last
        ) as recency
    from dated
),

named as (
    select
        business_product_id, order_id, snapshot_at, refund, refund_id, created_at, updated_at,
        {{ each_of(or_one_null('refund.refundFor.orderLineItems')) }} as entry
    from ranked
    where recency = 1
)

select
    business_product_id, order_id, refund_id, entry.lineItem.id as line_item_id,
    refund.state as state, refund.refundRequestReason as request_reason,
    refund.refundStatusReason as status_reason,
    sum(
        coalesce({{ parse_units('entry.amount') }}, {{ parse_units('entry.refundedQuantity') }})
    ) as units,
    {{ parse_money('refund.refundTotal.totalAmount.amount') }} as refund_total,
    refund.refundTotal.totalAmount.currencyCode as currency_code,
    created_at, updated_at, snapshot_at
from named
group by all
