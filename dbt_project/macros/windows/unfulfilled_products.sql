{#
    The products that couldn't be fulfilled in a window of days: one text for the report and for the
    function that analysts call for any other window. Its parts are beside it, one subject each.

    currencies: each store's most frequent currency (`store_currencies`): where an item has no price,
        money is unknown, and its units still belong to the one row of its product.
    bounds: a query of one row with first_day and last_day, days of the merchant, both included.
#}
{% macro unfulfilled_products(items, products, currencies, bounds) -%}
{%- set items = restockable(items, currencies) -%}
with bounds as (
    {{ bounds }}
),

{{ unfulfilled_windowed(items) }},

{{ unfulfilled_rates() }},

{{ unfulfilled_shipments(items) }},

{{ unfulfilled_statuses(items) }},

demand as (
    select
        windowed.business_product_id, windowed.product_key, windowed.currency_code,
        windowed.mean_price,
        {{ ratio(
            'windowed.resolved_units - windowed.unwanted_units',
            dbt.datediff('bounds.first_day', 'bounds.last_day', 'day') ~ ' + 1'
        ) }} as demand_per_day
    from windowed
    cross join bounds
),

priced as (
    select
        windowed.*, rates.rate_eb, rates.rate_low, rates.rate_high, demand.demand_per_day,
        cast(demand.demand_per_day * 28 * rates.rate_eb * demand.mean_price as decimal(18, 4))
            as revenue_at_risk
    from windowed
    inner join rates
        on windowed.business_product_id = rates.business_product_id
        and windowed.product_key = rates.product_key
        and coalesce(windowed.currency_code, '') = coalesce(rates.currency_code, '')
    inner join demand
        on windowed.business_product_id = demand.business_product_id
        and windowed.product_key = demand.product_key
        and coalesce(windowed.currency_code, '') = coalesce(demand.currency_code, '')
)

select
    priced.business_product_id, priced.product_key, priced.currency_code, names.sku,
    names.product_title,
    cast(priced.unfulfilled_units as decimal(18, 3)) as unfulfilled_units,
    cast(case when priced.unfulfilled_units is not null then priced.direct_units end as decimal(18, 3))
        as unfulfilled_units_direct,
    cast(case when priced.unfulfilled_units is not null then priced.shared_units end as decimal(18, 3))
        as unfulfilled_units_shared,
    cast(case when priced.unfulfilled_units is not null then priced.declared_units end as decimal(18, 3))
        as unfulfilled_units_merchant_declared,
    priced.affected_orders,
    cast(priced.resolved_units as decimal(18, 3)) as resolved_units,
    {{ ratio('priced.unfulfilled_units', 'priced.resolved_units') }} as unfulfillable_rate,
    priced.rate_eb as unfulfillable_rate_eb, priced.rate_low, priced.rate_high,
    priced.orders as resolved_orders,
    cast(priced.lost_sales as decimal(18, 4)) as lost_sales,
    priced.demand_per_day, priced.revenue_at_risk,
    priced.first_unfulfilled_at, priced.last_unfulfilled_at, shipments.last_shipped_at,
    coalesce(statuses.stockout_status, 'NONE') as stockout_status,
    row_number() over (
        partition by priced.business_product_id, priced.currency_code
        order by
            priced.revenue_at_risk desc nulls last, priced.lost_sales desc nulls last,
            priced.unfulfilled_units desc nulls last, priced.product_key
    ) as rank
from priced
left join {{ products }} as names
    on priced.business_product_id = names.business_product_id
    and priced.product_key = names.product_key
left join shipments
    on priced.business_product_id = shipments.business_product_id
    and priced.product_key = shipments.product_key
left join statuses
    on priced.business_product_id = statuses.business_product_id
    and priced.product_key = statuses.product_key
{%- endmacro %}

{#
    Items that a restock figure may count: not those that the merchant delivers itself. Text, so that
    each part asks for the days that it needs.
#}
{% macro restockable(items, currencies) -%}
    (
        select
            sold.* replace (
                coalesce(sold.currency_code, currencies.currency_code) as currency_code
            )
        from {{ items }} as sold
        left join {{ currencies }} as currencies
            on sold.business_product_id = currencies.business_product_id
        where {{ is_amazons('sold.delivery_provider') }}
    )
{%- endmacro %}
