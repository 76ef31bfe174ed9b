{{ config(materialized='ephemeral') }}
-- An answer shows a delivery as decided when it has it past PENDING. The decision lies between the last
-- good answer before and the first that shows it: whoever asks again later moves neither.
with answered as (
    select
        business_product_id, order_id, first_shown_at,
        unnest(list_concat(
            coalesce(deliveries, []),
            flatten(list_transform(coalesce(lines, []), lambda line: coalesce(
                coalesce(line.packageInformation, line.deliveryInformation).details, []
            )))
        )) as delivery
    from {{ ref('int_orders') }}
    union all by name
    select
        business_product_id, order_id, first_shown_at,
        unnest(flatten(list_transform(lines, lambda line: list_transform(
            coalesce(line.shipments, []),
            lambda shipment: {'id': shipment.id, 'state': shipment.state}
        )))) as shipment
    from {{ ref('int_orders') }}
),

decided as (
    select
        business_product_id, order_id, coalesce(delivery.id, shipment.id) as delivery_id,
        min(first_shown_at) as first_shown_at
    from answered
    where {{ is_past_pending('coalesce(delivery.state, shipment.state)') }}
    group by business_product_id, order_id, coalesce(delivery.id, shipment.id)
)

select
    decided.business_product_id, decided.order_id, decided.delivery_id, decided.first_shown_at,
    max(answers.fetched_at) as last_not_shown_at
from decided
left join {{ ref('int_answers') }} as answers
    on decided.business_product_id = answers.business_product_id
    and decided.order_id = answers.order_id
    and answers.status = 'OK'
    and answers.payload_number is not null
    and decided.first_shown_at > answers.fetched_at
group by
    decided.business_product_id, decided.order_id, decided.delivery_id, decided.first_shown_at
