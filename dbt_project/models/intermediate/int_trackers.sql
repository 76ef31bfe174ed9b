{{ config(materialized='ephemeral') }}
with deliveries as (
    select
        business_product_id, order_id,
        {{ each_of(every_delivery()) }} as delivery
    from {{ ref('int_orders') }}
    where is_latest
),

milestones as (
    select
        business_product_id, order_id, delivery.id as delivery_id,
        delivery.packageTracker.packageTrackerIdentifier.carrierCode as carrier_code,
        {{ each_of(or_one_null('delivery.packageTracker.milestones')) }} as milestone
    from deliveries
    where delivery.packageTracker is not null
),

dated as (
    select
        business_product_id, order_id, delivery_id, carrier_code,
        milestone.status.code as milestone, {{ parse_time('milestone.occurredAt') }} as occurred_at
    from milestones
),

ranked as (
    select
        *,
        row_number() over (
            partition by business_product_id, order_id, delivery_id
            order by occurred_at desc nulls last, milestone nulls last, carrier_code nulls last
        ) as recency
    from dated
)

select
    business_product_id, order_id, delivery_id, carrier_code, milestone as last_milestone,
    occurred_at as last_milestone_at
from ranked
where recency = 1
