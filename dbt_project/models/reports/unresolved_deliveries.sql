{{ replaces_orders() }}
-- The event says cancelled, delivered or in transit; the snapshot disagrees or lacks the delivery.
with said as (
    select
        business_product_id, order_id, resource_id as delivery_id,
        min(case when event_type = 'PACKAGE_DELIVERY_CANCELLED' then event_time end) as cancelled_at,
        min(case when event_type = 'PACKAGE_DELIVERED' then event_time end) as delivered_at,
        min(case when event_type = 'PACKAGE_DELIVERY_IN_TRANSIT' then event_time end) as shipped_at
    from {{ ref('fct_events') }}
    where
        {{ are_touched('event_time') }}
        and resource_type in ('delivery', 'package') and order_id is not null
        and event_type in (
            'PACKAGE_DELIVERY_CANCELLED', 'PACKAGE_DELIVERED', 'PACKAGE_DELIVERY_IN_TRANSIT'
        )
    group by business_product_id, order_id, resource_id
),

snapshots as (
    select
        business_product_id, order_id, delivery_id, min(state) as snapshot_state,
        cast(sum(units) as decimal(18, 3)) as units, min(last_milestone) as last_milestone,
        min(last_milestone_at) as last_milestone_at
    from {{ ref('fct_delivery_items') }}
    where {{ are_touched('snapshot_at') }}
    group by business_product_id, order_id, delivery_id
),

compared as (
    select
        said.business_product_id, said.order_id, said.delivery_id,
        case
            when said.cancelled_at is not null then 'CANCELLED'
            when said.delivered_at is not null then 'DELIVERED'
            else 'IN_TRANSIT'
        end as event_state,
        coalesce(said.cancelled_at, said.delivered_at, said.shipped_at) as event_at,
        snapshots.snapshot_state, orders.snapshot_status, orders.snapshot_at, snapshots.units,
        snapshots.last_milestone, snapshots.last_milestone_at,
        snapshots.delivery_id is not null as is_in_snapshot
    from said
    left join snapshots
        on said.business_product_id = snapshots.business_product_id
        and said.order_id = snapshots.order_id
        and said.delivery_id = snapshots.delivery_id
    left join {{ ref('dim_orders') }} as orders
        on said.business_product_id = orders.business_product_id
        and said.order_id = orders.order_id
)

select
    business_product_id, order_id, delivery_id, event_state, event_at, snapshot_state,
    case
        when snapshot_at is null then 'NO_SNAPSHOT'
        when not is_in_snapshot then 'DELIVERY_MISSING'
        else 'STATE_DISAGREES'
    end as disagreement,
    snapshot_status, snapshot_at, units, last_milestone, last_milestone_at
from compared
where
    not is_in_snapshot
    or (event_state = 'CANCELLED' and coalesce(snapshot_state, '') <> 'CANCELLED')
    or (event_state = 'DELIVERED' and coalesce(snapshot_state, '') not in ('DELIVERED', 'FULFILLED'))
    -- A delivery that was in transit has gone on since: only one that never left disagrees.
    or (event_state = 'IN_TRANSIT' and coalesce(snapshot_state, 'PENDING') = 'PENDING')
