{{ config(materialized='ephemeral') }}
-- Whose units a package holds says the package; else its return, when the return has one package; else
-- it is unknown (NULL).
with returns as (
    select business_product_id, order_id, snapshot_at, {{ each_of('returns') }} as details
    from {{ ref('int_orders') }}
    where is_latest and {{ list_length('returns') }} > 0
),

returned as (
    select
        business_product_id, order_id, coalesce(details.id, 'UNKNOWN') as return_id,
        {{ each_of('details.returnLineItems') }} as item
    from returns
),

items as (
    select
        business_product_id, order_id, return_id, item.id as return_line_item_id,
        {{ each_of('item.returnFor.orderLineItemAmounts') }} as entry
    from returned
),

counted as (
    select * from {{ ref('int_packages_of_returns') }}
),

own as (
    select
        business_product_id, order_id, return_id, return_package_id,
        entry.lineItem.id as line_item_id, {{ parse_units('entry.amount') }} as units
    from (select *, {{ each_of('package_for.orderLineItemAmounts') }} as entry from counted)
    where entry.lineItem.id is not null
    union all
    select
        counted.business_product_id, counted.order_id, counted.return_id, counted.return_package_id,
        items.entry.lineItem.id as line_item_id, {{ parse_units('counted.part.amount') }} as units
    from (select *, {{ each_of('package_for.returnLineItemAmounts') }} as part from counted) as counted
    inner join items
        on counted.business_product_id = items.business_product_id
        and counted.order_id = items.order_id
        and counted.return_id = items.return_id
        and counted.part.returnLineItem.id = items.return_line_item_id
    where coalesce({{ list_length('counted.package_for.orderLineItemAmounts') }}, 0) = 0
),

of_return as (
    select
        business_product_id, order_id, return_id, entry.lineItem.id as line_item_id,
        {{ parse_units('entry.amount') }} as units
    from items
    union all
    select
        business_product_id, order_id, coalesce(details.id, 'UNKNOWN') as return_id,
        entry.lineItem.id as line_item_id, {{ parse_units('entry.amount') }} as units
    from (select *, {{ each_of('details.returnFor.orderLineItemAmounts') }} as entry from returns)
    where coalesce({{ list_length('details.returnLineItems') }}, 0) = 0
),

held as (
    select * from own
    union all
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
        and not exists (
            select 1
            from own
            where own.business_product_id = counted.business_product_id
                and own.order_id = counted.order_id
                and own.return_id = counted.return_id
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
