{{ config(materialized='incremental', incremental_strategy='append') }}
-- Grain: order_number: an order and the first lake file that named it. What is to be read of an order
-- is in no file before; should two orders ever share a number, the earlier file counts for both.
with known as (
    {% if is_incremental() %}
    select starts.order_number
    from {{ this }} as starts
    inner join {{ ref('stg_touched_orders') }} as touched
        on starts.order_number = touched.order_number
    {% else %}
    select cast(null as ubigint) as order_number where 1 = 0
    {% endif %}
)

select order_number, min(file_id) as first_file_id
from {{ ref('stg_touched_orders') }}
where order_number not in (select order_number from known)
group by order_number
