-- A delivery without amounts has one row without an entry; one without an id has its state for one.
with lines as (
    select
        business_product_id, order_id, snapshot_at,
        {{ each_of(list_map('lines', 'line', struct(
            id='line.id', shipments='line.shipments',
            deliveries='coalesce(line.packageInformation, line.deliveryInformation).details'
        ))) }} as line
    from {{ ref('int_orders') }}
    where is_latest
),

placed as (
    select
        business_product_id, order_id, snapshot_at, line.id as placed_under,
        {{ each_of('line.deliveries') }} as delivery
    from lines
    union all
    select
        business_product_id, order_id, snapshot_at, cast(null as string) as placed_under,
        {{ each_of('deliveries') }} as delivery
    from {{ ref('int_orders') }}
    where is_latest
),

entered as (
    select
        business_product_id, order_id, snapshot_at, placed_under,
        coalesce(nullif({{ trimmed('delivery.id') }}, ''), 'UNKNOWN/' || coalesce(delivery.state, ''))
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
        {{ each_of(
            'case when ' ~ list_length('entries') ~ ' > 0 then ' ~ list_map('entries', 'entry', struct(
                line_item_id='entry.lineItem.id', unit='entry.amount.unit',
                units='coalesce(entry.amount.value, entry.amount.amount)'
            ))
            ~ ' when ' ~ list_length('intervals') ~ ' > 0 then ' ~ list_map('intervals', 'part', struct(
                line_item_id='part.lineItem.id', unit='cast(null as string)',
                units='part.interval.measure'
            ))
            ~ ' else ' ~ list_of(['null']) ~ ' end'
        ) }} as entry
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
    coalesce(nullif({{ trimmed('shipment.id') }}, ''), 'UNKNOWN/' || coalesce(shipment.state, ''))
        as delivery_id,
    shipment.state as state, cast(null as string) as reason,
    cast(null as string) as entry_line_item_id, cast(null as decimal(18, 3)) as units,
    false as has_amount
from (
    select
        business_product_id, order_id, snapshot_at, line.id as placed_under,
        {{ each_of('line.shipments') }} as shipment
    from lines
)
where shipment is not null
