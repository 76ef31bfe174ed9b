-- Grain: an entry of a delivery's amounts, where it stands: under a line item, or (placed_under
-- NULL) at the order. A delivery without amounts has one row without an entry. Latest answers only.
with latest as (
    select business_product_id, order_id, snapshot_at, parsed
    from {{ ref('stg_orders') }}
    where recency = 1
),

lines as (
    select business_product_id, order_id, snapshot_at, unnest(parsed.lineItems) as line
    from latest
),

placed as (
    select
        business_product_id, order_id, snapshot_at, line.id as placed_under,
        unnest(
            list_concat(line.packageInformation.details, line.deliveryInformation.details)
        ) as delivery
    from lines
    union all by name
    select
        business_product_id, order_id, snapshot_at, cast(null as varchar) as placed_under,
        unnest(
            list_concat(parsed.packageInformation.details, parsed.deliveryInformation.details)
        ) as delivery
    from latest
),

entered as (
    select
        business_product_id, order_id, snapshot_at, placed_under, delivery,
        case
            when len(delivery.packageInformationDetailsFor.orderLineItems) > 0
                then delivery.packageInformationDetailsFor.orderLineItems
            else delivery.deliveryInformationDetailsFor.orderLineItems
        end as entries
    from placed
    where delivery is not null
),

unnested as (
    select
        business_product_id, order_id, snapshot_at, placed_under, delivery,
        entry.lineItem.id as entry_line_item_id,
        {{ parse_units('entry.amount') }} as units,
        entry.amount.unit as unit
    from (select *, unnest(entries) as entry from entered where len(entries) > 0)
    union all by name
    select
        business_product_id, order_id, snapshot_at, placed_under, delivery,
        part.lineItem.id as entry_line_item_id,
        try_cast(part.interval.measure as decimal(18, 3)) as units,
        cast(null as varchar) as unit
    from (
        select *, unnest(delivery.association) as part
        from entered
        where coalesce(len(entries), 0) = 0 and len(delivery.association) > 0
    )
    union all by name
    select
        business_product_id, order_id, snapshot_at, placed_under, delivery,
        cast(null as varchar) as entry_line_item_id,
        cast(null as decimal(18, 3)) as units,
        cast(null as varchar) as unit
    from entered
    where coalesce(len(entries), 0) = 0 and coalesce(len(delivery.association), 0) = 0
)

select
    business_product_id, order_id, snapshot_at, placed_under, delivery.id as delivery_id,
    delivery.state, delivery.reason, entry_line_item_id, units, unit,
    {{ parse_time('delivery.packageTracker.estimatedDeliveryDate.latest') }} as estimated_by
from unnested
union all by name
-- The 2023 shape: shipments under a line, without amounts.
select
    business_product_id, order_id, snapshot_at, placed_under, shipment.id as delivery_id,
    shipment.state, cast(null as varchar) as reason, cast(null as varchar) as entry_line_item_id,
    cast(null as decimal(18, 3)) as units, cast(null as varchar) as unit,
    cast(null as timestamp) as estimated_by
from (
    select
        business_product_id, order_id, snapshot_at, line.id as placed_under,
        unnest(line.shipments) as shipment
    from lines
)
where shipment is not null
