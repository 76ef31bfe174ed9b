-- Grain: business_product_id, order_id, payload_number, delivery_id. What a payload says of a delivery,
-- which may stand at the order and under each of its lines.
with answered as (
    select
        business_product_id, order_id, payload_number, first_shown_at,
        unnest(list_concat(
            coalesce(deliveries, []),
            flatten(list_transform(coalesce(lines, []), lambda line: coalesce(
                coalesce(line.packageInformation, line.deliveryInformation).details, []
            )))
        )) as delivery
    from {{ ref('int_orders') }}
    union all by name
    select
        business_product_id, order_id, payload_number, first_shown_at,
        unnest(flatten(list_transform(lines, lambda line: list_transform(
            coalesce(line.shipments, []),
            lambda shipment: {'id': shipment.id, 'state': shipment.state}
        )))) as shipment
    from {{ ref('int_orders') }}
),

named as (
    select
        business_product_id, order_id, payload_number, first_shown_at,
        coalesce(delivery.id, shipment.id) as delivery_id,
        coalesce(delivery.state, shipment.state) as state, delivery.reason as delivery_reason
    from answered
    where coalesce(delivery, shipment) is not null
)

select
    business_product_id, order_id, payload_number, delivery_id,
    min(first_shown_at) as first_shown_at, min(state) as state,
    min(delivery_reason) as delivery_reason,
    max(case when {{ is_past_pending('state') }} then 1 else 0 end) = 1 as is_decided
from named
group by business_product_id, order_id, payload_number, delivery_id
