{{ replaces_orders(
    order_key=event_order_key(), clock='event_time', days=['cast(event_time as date)']
) }}
select
    business_product_id, order_id, event_type, resource_type, resource_id, event_time,
    archived_names, copies
from {{ ref('int_business_events') }}
{{ in_order_of('event_time') }}
