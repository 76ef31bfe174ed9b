{{ config(materialized='ephemeral') }}
-- Whose units a package holds says the package; else its return, when the return has one package; else
-- it is unknown (NULL).
with returns as (
    select business_product_id, order_id, snapshot_at, unnest(returns) as details
    from {{ ref('int_orders') }}
    where is_latest and len(returns) > 0
),

returned as (
    select
        business_product_id, order_id, coalesce(details.id, 'UNKNOWN') as return_id,
        unnest(details.returnLineItems) as item
    from returns
),

items as (
    select
        business_product_id, order_id, return_id, item.id as return_line_item_id,
        unnest(item.returnFor.orderLineItemAmounts) as entry
    from returned
),

packages as (
    select
        business_product_id, order_id, snapshot_at, coalesce(details.id, 'UNKNOWN') as return_id,
        details.state as return_state, unnest(details.returnPackageDetails) as package
    from returns
),

deliveries as (
    select
        business_product_id, order_id, snapshot_at, coalesce(details.id, 'UNKNOWN') as return_id,
        details.state as return_state, unnest(details.returnDeliveryDetails) as package
    from returns
),

-- The older name of the same thing: it counts where the current one lacks the package.
either as (
    select
        business_product_id, order_id, snapshot_at, return_id, return_state,
        coalesce(nullif(trim(package.id), ''), 'UNKNOWN') as return_package_id,
        package.state, package.reason, package.returnPackageFor as package_for,
        package.packageTracker.packageTrackerIdentifier.carrierCode as carrier_code
    from packages
    where package is not null
    union all by name
    select
        business_product_id, order_id, snapshot_at, return_id, return_state,
        coalesce(nullif(trim(package.id), ''), 'UNKNOWN') as return_package_id,
        package.state, package.reason, package.returnDeliveryFor as package_for,
        cast(null as varchar) as carrier_code
    from deliveries
    where
        package is not null
        and (business_product_id, order_id, return_id, package.id) not in (
            select business_product_id, order_id, return_id, package.id
            from packages where package.id is not null
        )
),

counted as (
    select *, count(*) over (partition by business_product_id, order_id, return_id) as packages_of_return
    from (
        -- One that stands twice under its return is one.
        select * from either
        qualify row_number() over (
            partition by business_product_id, order_id, return_id, return_package_id
            order by state, reason, carrier_code
        ) = 1
    )
),

own as (
    select
        business_product_id, order_id, return_id, return_package_id,
        entry.lineItem.id as line_item_id, {{ parse_units('entry.amount') }} as units
    from (select *, unnest(package_for.orderLineItemAmounts) as entry from counted)
    where entry.lineItem.id is not null
    union all by name
    select
        counted.business_product_id, counted.order_id, counted.return_id, counted.return_package_id,
        items.entry.lineItem.id as line_item_id, {{ parse_units('counted.part.amount') }} as units
    from (select *, unnest(package_for.returnLineItemAmounts) as part from counted) as counted
    inner join items
        on counted.business_product_id = items.business_product_id
        and counted.order_id = items.order_id
        and counted.return_id = items.return_id
        and counted.part.returnLineItem.id = items.return_line_item_id
    where coalesce(len(counted.package_for.orderLineItemAmounts), 0) = 0
),

of_return as (
    select
        business_product_id, order_id, return_id, entry.lineItem.id as line_item_id,
        {{ parse_units('entry.amount') }} as units
    from items
    union all by name
    select
        business_product_id, order_id, coalesce(details.id, 'UNKNOWN') as return_id,
        entry.lineItem.id as line_item_id,
        {{ parse_units('entry.amount') }} as units
    from (select *, unnest(details.returnFor.orderLineItemAmounts) as entry from returns)
    where coalesce(len(details.returnLineItems), 0) = 0
),

held as (
    select * from own
    union all by name
    select
        counted.business_product_id, counted.order_id, counted.return_id,
        counted.return_package_id, of_return.line_item_id, of_return.units
    from counted
    inner join of_return
        on counted.business_product_id = of_return.business_product_id
        and counted.order_id = of_return.order_id
        and counted.return_id = of_return.return_id
    where
        counted.packages_of_return = 1
        and (counted.business_product_id, counted.order_id, counted.return_id) not in (
            select business_product_id, order_id, return_id from own
        )
),

summed as (
    select
        business_product_id, order_id, return_id, return_package_id, line_item_id,
        sum(units) as units
    from held
    group by business_product_id, order_id, return_id, return_package_id, line_item_id
)

select
    counted.business_product_id, counted.order_id, counted.return_id, counted.return_package_id,
    summed.line_item_id, counted.return_state, counted.state, counted.reason,
    counted.carrier_code, counted.packages_of_return,
    cast(summed.units as decimal(18, 3)) as units, counted.snapshot_at
from counted
left join summed
    on counted.business_product_id = summed.business_product_id
    and counted.order_id = summed.order_id
    and counted.return_id = summed.return_id
    and counted.return_package_id = summed.return_package_id
