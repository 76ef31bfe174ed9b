{{ config(materialized='view') }}
-- Grain: an archived event and one of the resources that it names.
-- The lake's columns describe the first resource; further ones are read as pairs here.
with kept as (
    select events.*, files.state as file_state
    from {{ source('lake', 'lake_events') }} as events
    inner join {{ source('run', 'lake_files') }} as files on events.file_id = files.file_id
),

further as (
    select
        file_state, detail_type, event_type, event_time,
        string_split(
            trim(case when contains(path, '%') then url_decode(path) else path end, '/'), '/'
        ) as parts
    from (
        select * exclude (further_resources), unnest(further_resources) as path
        from kept
        where further_resources is not null
    )
),

named as (
    select
        file_state, detail_type, event_type, event_time, business_product_id, order_id,
        resource_type, resource_id, order_key
    from kept
    union all
    select
        file_state, detail_type, event_type, event_time,
        parts[list_position(parts, 'businessProduct') + 1] as business_product_id,
        case
            when list_position(parts, 'order') > 0 then parts[list_position(parts, 'order') + 1]
        end as order_id,
        parts[-2] as resource_type,
        parts[-1] as resource_id, {{ event_order_key() }} as order_key
    from further
    where len(parts) % 2 = 0 and list_position(parts, 'businessProduct') > 0
)

-- Events without an order are rebuilt by what they are about instead: `order_key`.
select
    file_state, detail_type, event_type, event_time, business_product_id, order_id, resource_type,
    resource_id, order_key
from named
