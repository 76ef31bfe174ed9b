{{ replaces_orders() }}
with of_return as (
    select
        business_product_id, order_id, resource_id as return_id,
        min(case when event_type = 'RETURN_STARTED' then event_time end) as started_at,
        min(case when event_type = 'RETURN_COMPLETED' then event_time end) as completed_at,
        min(case when event_type = 'RETURN_ITEM_GRADED' then event_time end) as graded_at
    from {{ ref('int_business_events') }}
    where resource_type = 'return'
    group by business_product_id, order_id, resource_id
),

of_item as (
    select
        business_product_id, order_id, resource_id as return_line_item_id,
        min(event_time) as graded_at
    from {{ ref('int_business_events') }}
    where event_type = 'RETURN_ITEM_GRADED' and resource_type <> 'return'
    group by business_product_id, order_id, resource_id
)

select
    items.business_product_id, items.order_id, items.return_id, items.return_line_item_id,
    items.line_item_id, items.return_state, items.return_reason,
    cast(items.units as decimal(18, 3)) as units,
    cast(items.graded_units as decimal(18, 3)) as graded_units,
    cast(items.sellable_units as decimal(18, 3)) as sellable_units,
    coalesce(of_return.started_at, items.created_at) as started_at,
    coalesce(of_item.graded_at, of_return.graded_at) as graded_at,
    of_return.completed_at, items.snapshot_at
from {{ ref('int_return_items') }} as items
left join of_return
    on items.business_product_id = of_return.business_product_id
    and items.order_id = of_return.order_id
    and items.return_id = of_return.return_id
left join of_item
    on items.business_product_id = of_item.business_product_id
    and items.order_id = of_item.order_id
    and items.return_line_item_id = of_item.return_line_item_id
