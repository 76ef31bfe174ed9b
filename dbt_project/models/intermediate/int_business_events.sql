-- Grain: a business event of a touched order, whatever names and copies it was archived under.
with records as (
    select
        events.business_product_id, events.order_id, events.event_type, events.resource_type,
        events.resource_id, events.event_time, events.detail_type,
        case when {{ is_recurring() }} then events.event_time end as occurrence
    from {{ ref('stg_events') }} as events
    inner join {{ ref('touched_orders') }} as touched
        on events.business_product_id = touched.business_product_id
        and events.order_key = touched.order_id
    where events.file_state <> 'RETIRED' and {{ in_files_of_touched('events.file_id') }}
)

select
    business_product_id, order_id, event_type, resource_type, resource_id,
    min(event_time) as event_time,
    {{ sorted_list('detail_type') }} as archived_names,
    count(*) as copies
from records
group by business_product_id, order_id, event_type, resource_type, resource_id, occurrence
