-- Grain: business_product_id, order_id, payload_number, delivery_id. What a payload says of a delivery,
-- which may stand at the order and under each of its lines.
with deliveries as (
    select
        business_product_id, order_id, payload_number, first_shown_at,
        {{ each_of(every_delivery()) }} as delivery
    from {{ ref('int_orders') }}
),

shipments as (
    select
        business_product_id, order_id, payload_number, first_shown_at,
        {{ each_of('flatten(' ~ list_map(
            'lines', 'line', 'coalesce(line.shipments, ' ~ list_of([]) ~ ')'
        ) ~ ')') }} as shipment
    from {{ ref('int_orders') }}
),

named as (
    select
        business_product_id, order_id, payload_number, first_shown_at, delivery.id as delivery_id,
        delivery.state as state, delivery.reason as delivery_reason
    from deliveries
    where delivery is not null
    union all
    select
        business_product_id, order_id, payload_number, first_shown_at, shipment.id as delivery_id,
        shipment.state as state, cast(null as string) as delivery_reason
    from shipments
    where shipment is not null
)

select
    business_product_id, order_id, payload_number, delivery_id,
    min(first_shown_at) as first_shown_at, min(state) as state,
    min(delivery_reason) as delivery_reason,
    max(case when {{ is_past_pending('state') }} then 1 else 0 end) = 1 as is_decided
from named
group by business_product_id, order_id, payload_number, delivery_id
