{{ config(materialized='ephemeral') }}
-- Grain: a return's line item, in the latest answer; where a return has none, the order's line item
-- that it names.
with returns as (
    select business_product_id, order_id, snapshot_at, {{ each_of('returns') }} as details
    from {{ ref('int_orders') }}
    where is_latest and {{ list_length('returns') }} > 0
),

returned as (
    select
        business_product_id, order_id, snapshot_at, details.id as return_id,
        details.state as return_state, details.createdAt as created_at,
        {{ each_of('details.returnLineItems') }} as item
    from returns
),

items as (
    select
        business_product_id, order_id, snapshot_at, return_id, return_state, created_at,
        item.id as return_line_item_id, item.returnReason.reasonCode as return_reason,
        item.returnFor.orderLineItemAmounts as entries,
        item.grading.summary.unitWiseCondition as graded
    from returned
    where item is not null
    union all
    select
        business_product_id, order_id, snapshot_at, details.id as return_id,
        details.state as return_state, details.createdAt as created_at,
        cast(null as string) as return_line_item_id, cast(null as string) as return_reason,
        {{ each_of(list_map(
            'details.returnFor.orderLineItemAmounts', 'entry', list_of(['entry'])
        )) }} as entries,
        null as graded
    from returns
    where coalesce({{ list_length('details.returnLineItems') }}, 0) = 0
),

counted as (
    select
        business_product_id, order_id, return_id, return_line_item_id,
        -- One that stands for several lines says of none how it was graded.
        case when {{ list_length('entries') }} = 1 then {{ first_of('entries') }}.lineItem.id end
            as line_item_id,
        return_state, return_reason,
        {{ list_total(list_map('entries', 'entry', parse_units('entry.amount'))) }} as units,
        {{ list_total(list_map('graded', 'part', parse_units('part.amount'))) }} as graded_units,
        {{ list_total(list_map('graded', 'part', 'case when ' ~ "part.condition = 'SELLABLE'" ~
            ' then ' ~ parse_units('part.amount') ~ ' else 0 end'
        )) }} as sellable_units,
        {{ parse_time('created_at') }} as created_at, snapshot_at
    from items
),

ranked as (
    select
        *,
        row_number() over (
            partition by business_product_id, order_id, return_id, return_line_item_id, line_item_id
            order by return_state nulls last, return_reason nulls last, units nulls last
        ) as preference
    from counted
)

select
    business_product_id, order_id, return_id, return_line_item_id, line_item_id, return_state,
    return_reason, units, graded_units, sellable_units, created_at, snapshot_at
from ranked
where preference = 1
