{{ config(materialized='incremental', incremental_strategy='append') }}
-- When and in which file the lake first tells of an order. What is to be read of it lies nowhere
-- before. A row is added when an earlier word comes in; the least of an order's rows counts. Should
-- two orders ever share a number, the earlier one counts for both.
with known as (
    {% if is_incremental() %}
    select
        starts.order_number, min(starts.first_event_at) as first_event_at,
        min(starts.first_answer_at) as first_answer_at
    from {{ this }} as starts
    inner join {{ ref('touched_orders') }} as touched
        on starts.order_number = touched.order_number
    group by starts.order_number
    {% else %}
    select
        {{ no_order_number() }} as order_number, cast(null as timestamp) as first_event_at,
        cast(null as timestamp) as first_answer_at
    where 1 = 0
    {% endif %}
)

select
    touched.order_number, min(touched.file_id) as first_file_id,
    min(touched.first_event_at) as first_event_at, min(touched.first_answer_at) as first_answer_at
from {{ ref('touched_orders') }} as touched
left join known on touched.order_number = known.order_number
where
    known.order_number is null
    or touched.first_event_at < coalesce(known.first_event_at, timestamp '9999-12-31 23:59:59.999999')
    or touched.first_answer_at < coalesce(known.first_answer_at, timestamp '9999-12-31 23:59:59.999999')
group by touched.order_number
