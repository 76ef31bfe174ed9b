-- The lake's columns describe the first resource; further ones are read as pairs here. Both read the
-- lake on their own: what they shared would be kept whole before anyone asks for a part of it.
with first_resources as (
    select
        events.file_id, files.state as file_state, events.detail_type, events.event_type, events.event_time,
        events.business_product_id, events.order_id, events.resource_type, events.resource_id
    from {{ source('lake', 'lake_events') }} as events
    inner join {{ source('run', 'lake_files') }} as files on events.file_id = files.file_id
),

further_resources as (
    select
        events.file_id, files.state as file_state, events.detail_type, events.event_type, events.event_time,
        {{ path_parts('named') }} as parts
    from (
        select *, {{ each_of('further_resources') }} as named
        from {{ source('lake', 'lake_events') }}
        where further_resources is not null
    ) as events
    inner join {{ source('run', 'lake_files') }} as files on events.file_id = files.file_id
)

select
    file_id, file_state, detail_type, event_type, event_time, business_product_id, order_id, resource_type,
    resource_id, {{ event_order_key() }} as order_key
from first_resources
union all
select
    file_id, file_state, detail_type, event_type, event_time,
    {{ after_in('parts', "'businessProduct'") }} as business_product_id,
    case
        when {{ is_in_list('parts', "'order'") }} then {{ after_in('parts', "'order'") }}
    end as order_id,
    {{ from_end('parts', 2) }} as resource_type, {{ from_end('parts', 1) }} as resource_id,
    {{ event_order_key() }} as order_key
from further_resources
where {{ list_length('parts') }} % 2 = 0 and {{ is_in_list('parts', "'businessProduct'") }}
