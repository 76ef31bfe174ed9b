-- Grain: a cancellation request and a line item, in the latest answer. A request has no id: it
-- stands under each line that it names, so equal ones are one. One that names no line is kept for
-- the line that it stands under, as not naming it.
with lines as (
    select
        business_product_id, order_id,
        {{ each_of(list_map('lines', 'line', struct(
            id='line.id', cancellations='line.cancellations.details'
        ))) }} as line
    from {{ ref('int_orders') }}
    where is_latest
),

requests as (
    select
        business_product_id, order_id, line.id as placed_under,
        {{ each_of('line.cancellations') }} as request
    from lines
    where {{ list_length('line.cancellations') }} > 0
    union all
    select
        business_product_id, order_id, cast(null as string) as placed_under,
        {{ each_of('cancellations') }} as request
    from {{ ref('int_orders') }}
    where is_latest and {{ list_length('cancellations') }} > 0
),

named as (
    select
        business_product_id, order_id, placed_under, request,
        {{ each_of(or_one_null('request.canceledFor.orderLineItems')) }} as entry
    from requests
    where request is not null
)

select
    business_product_id, order_id,
    coalesce(entry.lineItem.id, placed_under) as line_item_id,
    request.state, request.reason, request.requestedBy as requested_by,
    {{ parse_time('request.createdAt') }} as created_at,
    {{ parse_time('request.updatedAt') }} as updated_at,
    entry is not null as is_naming_line,
    max({{ parse_units('entry.amount') }}) as units
from named
where coalesce(entry.lineItem.id, placed_under) is not null
group by all
