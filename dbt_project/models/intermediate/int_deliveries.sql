-- A delivery without amounts has one row without an entry; one without an id has its state for one.
with lines as (
    select
        business_product_id, order_id, snapshot_at,
        unnest(list_transform(lines, lambda line: {
            'id': line.id, 'shipments': line.shipments,
            'deliveries': coalesce(line.packageInformation, line.deliveryInformation).details
        })) as line
    from {{ ref('int_orders') }}
    where is_latest
),

placed as (
    select
        business_product_id, order_id, snapshot_at, line.id as placed_under,
        unnest(line.deliveries) as delivery
    from lines
    union all
    select
        business_product_id, order_id, snapshot_at, cast(null as varchar) as placed_under,
        unnest(deliveries) as delivery
    from {{ ref('int_orders') }}
    where is_latest
),

entered as (
    select
        business_product_id, order_id, snapshot_at, placed_under,
        coalesce(nullif(trim(delivery.id), ''), 'UNKNOWN/' || coalesce(delivery.state, ''))
            as delivery_id,
        delivery.state as state, delivery.reason as reason, delivery.association as intervals,
        coalesce(
            delivery.packageInformationDetailsFor, delivery.deliveryInformationDetailsFor
        ).orderLineItems as entries
    from placed
    where delivery is not null
),

-- The amounts of every version: entries, intervals of older ones, or none.
unnested as (
    select
        business_product_id, order_id, snapshot_at, placed_under, delivery_id, state, reason,
        unnest(case
            when len(entries) > 0 then list_transform(entries, lambda entry: {
                'line_item_id': entry.lineItem.id, 'unit': entry.amount.unit,
                'units': coalesce(entry.amount.value, entry.amount.amount)
            })
            when len(intervals) > 0 then list_transform(intervals, lambda part: {
                'line_item_id': part.lineItem.id, 'unit': cast(null as varchar),
                'units': part.interval.measure
            })
            else [null]
        end) as entry
    from entered
)

select
    business_product_id, order_id, snapshot_at, placed_under, delivery_id, state, reason,
    entry.line_item_id as entry_line_item_id,
    case when coalesce(entry.unit, 'ONE') = 'ONE' then {{ plausible_units('entry.units') }} end as units,
    entry.units is not null as has_amount
from unnested
union all
-- The shape of 2023: shipments under a line, without amounts.
select
    business_product_id, order_id, snapshot_at, placed_under,
    coalesce(nullif(trim(shipment.id), ''), 'UNKNOWN/' || coalesce(shipment.state, '')) as delivery_id,
    shipment.state as state, cast(null as varchar) as reason,
    cast(null as varchar) as entry_line_item_id, cast(null as decimal(18, 3)) as units,
    false as has_amount
from (
    select
        business_product_id, order_id, snapshot_at, line.id as placed_under,
        unnest(line.shipments) as shipment
    from lines
)
where shipment is not null
