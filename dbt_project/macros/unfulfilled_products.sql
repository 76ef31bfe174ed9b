{#
    The products that couldn't be fulfilled in a window of days, as the report and, for any window,
    as the macro in the published database: one text for both.

    bounds: a query of one row with first_day and last_day, both days of the merchant included.
#}
{% macro unfulfilled_products(items, products, bounds) -%}
with bounds as (
    {{ bounds }}
),

items as (
    select
        items.business_product_id, coalesce(items.product_key, 'UNKNOWN') as product_key,
        items.currency_code, items.order_id, items.units, items.unit_price, items.root_cause,
        items.ordered_at, items.shipped_at, items.ordered_on, items.shipped_on,
        coalesce(items.cancelled_at, items.resolved_at) as unfulfilled_at,
        items.root_cause = 'STOCK' and items.cancelled_on between bounds.first_day and bounds.last_day
            as is_unfulfilled,
        items.resolved_on between bounds.first_day and bounds.last_day as is_resolved,
        case
            when items.delivery_reason is null or items.delivery_reason <> 'UNFULFILLABLE'
                then 'merchant_declared'
            when items.is_shared_delivery then 'shared'
            else 'direct'
        end as evidence,
        bounds.last_day
    from {{ items }} as items
    cross join bounds
    where
        items.cancelled_on between bounds.first_day and bounds.last_day
        or items.resolved_on between bounds.first_day and bounds.last_day
        or items.shipped_on <= bounds.last_day
),

products as (
    select
        business_product_id, product_key, currency_code,
        sum(case when is_unfulfilled then units end) as unfulfilled_units,
        sum(case when is_unfulfilled and evidence = 'direct' then units end) as direct,
        sum(case when is_unfulfilled and evidence = 'shared' then units end) as shared,
        sum(case when is_unfulfilled and evidence = 'merchant_declared' then units end) as declared,
        count(distinct case when is_unfulfilled then order_id end) as affected_orders,
        sum(case when is_resolved then units end) as resolved_units,
        sum(case when is_unfulfilled then units * unit_price end) as lost_sales,
        min(case when is_unfulfilled then unfulfilled_at end) as first_unfulfilled_at,
        max(case when is_unfulfilled then unfulfilled_at end) as last_unfulfilled_at,
        max(case when shipped_on <= last_day then shipped_at end) as last_shipped_at
    from items
    group by business_product_id, product_key, currency_code
)

select
    found.business_product_id, found.product_key, found.currency_code, names.sku,
    names.product_title,
    cast(found.unfulfilled_units as decimal(18, 3)) as unfulfilled_units,
    cast(case when found.unfulfilled_units is not null then coalesce(found.direct, 0) end as decimal(18, 3))
        as unfulfilled_units_direct,
    cast(case when found.unfulfilled_units is not null then coalesce(found.shared, 0) end as decimal(18, 3))
        as unfulfilled_units_shared,
    cast(case when found.unfulfilled_units is not null then coalesce(found.declared, 0) end as decimal(18, 3))
        as unfulfilled_units_merchant_declared,
    found.affected_orders,
    cast(found.resolved_units as decimal(18, 3)) as resolved_units,
    {{ ratio('found.unfulfilled_units', 'found.resolved_units') }} as unfulfillable_rate,
    cast(null as double precision) as unfulfillable_rate_eb,
    cast(null as double precision) as rate_low,
    cast(null as double precision) as rate_high,
    cast(found.lost_sales as decimal(18, 4)) as lost_sales,
    cast(null as double precision) as demand_per_day,
    cast(null as decimal(18, 4)) as revenue_at_risk,
    found.first_unfulfilled_at, found.last_unfulfilled_at, found.last_shipped_at,
    cast(null as varchar) as stockout_status,
    row_number() over (
        partition by found.business_product_id, found.currency_code
        order by found.lost_sales desc nulls last, found.unfulfilled_units desc nulls last, found.product_key
    ) as rank
from products as found
left join {{ products }} as names
    on found.business_product_id = names.business_product_id
    and found.product_key = names.product_key
where found.affected_orders > 0
{%- endmacro %}
