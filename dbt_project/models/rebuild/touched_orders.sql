-- Orders (or, for events without one, resources) named in lake files that no build has covered yet,
-- or in event files that the lake has no more. Marts rebuild exactly these. `order_number` is short
-- and stands for both columns where all orders are searched.
with named as (
    select
        business_product_id, order_key as order_id, file_id, event_time,
        cast(null as timestamp) as fetched_at
    from {{ ref('stg_events') }}
    where
        business_product_id is not null
        {% if not flags.FULL_REFRESH %}and file_state in ('NEW', 'RETIRED'){% endif %}
    union all
    select business_product_id, order_id, file_id, cast(null as timestamp) as event_time, fetched_at
    from {{ ref('stg_order_snapshots') }}
    {% if not flags.FULL_REFRESH %}where file_state = 'NEW'{% endif %}
)

select
    business_product_id, order_id,
    {{ order_number('business_product_id', 'order_id') }} as order_number,
    min(file_id) as file_id, min(event_time) as first_event_at, min(fetched_at) as first_answer_at
from named
group by business_product_id, order_id
