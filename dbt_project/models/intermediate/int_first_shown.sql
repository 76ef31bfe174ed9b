{{ config(materialized='ephemeral') }}
-- An answer shows a delivery as decided when it has it past PENDING. The decision lies between the last
-- good answer before and the first that shows it: whoever asks again later moves neither.
with decided as (
    select
        business_product_id, order_id, delivery_id, min(first_shown_at) as first_shown_at
    from {{ ref('int_shown_states') }}
    where is_decided
    group by business_product_id, order_id, delivery_id
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
