{{ config(materialized='ephemeral') }}
-- Grain: a return's line item, in the latest answer; where a return has none, the order's line item
-- that it names.
with returns as (
    select business_product_id, order_id, snapshot_at, unnest(returns) as details
    from {{ ref('int_orders') }}
    where is_latest and len(returns) > 0
),

returned as (
    select
        business_product_id, order_id, snapshot_at, details.id as return_id,
        details.state as return_state, details.createdAt as created_at,
        unnest(details.returnLineItems) as item
    from returns
),

items as (
    select
        business_product_id, order_id, snapshot_at, return_id, return_state, created_at,
        item.id as return_line_item_id, item.returnReason.reasonCode as return_reason,
        item.returnFor.orderLineItemAmounts as entries,
        list_transform(item.grading.summary.unitWiseCondition, lambda part: {
            'units': {{ parse_units('part.amount') }}, 'is_sellable': part.condition = 'SELLABLE'
        }) as graded
    from returned
    where item is not null
    union all by name
    select
        business_product_id, order_id, snapshot_at, details.id as return_id,
        details.state as return_state, details.createdAt as created_at,
        unnest(list_transform(details.returnFor.orderLineItemAmounts, lambda entry: [entry]))
            as entries
    from returns
    where coalesce(len(details.returnLineItems), 0) = 0
)

select
    business_product_id, order_id, return_id, return_line_item_id,
    -- One that stands for several lines says of none how it was graded.
    case when len(entries) = 1 then entries[1].lineItem.id end as line_item_id,
    return_state, return_reason,
    list_sum(list_transform(entries, lambda entry: {{ parse_units('entry.amount') }})) as units,
    list_sum(list_transform(graded, lambda part: part.units)) as graded_units,
    list_sum(list_transform(graded, lambda part: case when part.is_sellable then part.units else 0 end))
        as sellable_units,
    {{ parse_time('created_at') }} as created_at, snapshot_at
from items
qualify row_number() over (
    partition by business_product_id, order_id, return_id, return_line_item_id, line_item_id
    order by return_state, return_reason, units
) = 1
