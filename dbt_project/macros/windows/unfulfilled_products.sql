{#
    The products that couldn't be fulfilled in a window of days: one text for the report and for the
    function that analysts call for any other window. Its parts are beside it, one subject each.

    currencies: each store's most frequent currency (`store_currencies`): where an item has no price,
        money is unknown, and its units still belong to the one row of its product.
    product_days: what each product did each day (`fct_product_days`).
    bounds: a query of one row with first_day and last_day, days of the merchant, both included.
#}
{% macro unfulfilled_products(items, products, product_days, currencies, bounds) -%}
{%- set items = restockable(items, currencies) -%}
with bounds as (
    {{ bounds }}
),

{{ unfulfilled_windowed(items) }},

{{ unfulfilled_rates() }},

{{ listed_products(items, product_days) }},

{{ last_shipments(items) }}

select
    listed.business_product_id, listed.product_key, listed.currency_code, names.sku,
    names.product_title,
    cast({{ unless_unknown('windowed.unfulfilled_units') }} as decimal(18, 3)) as unfulfilled_units,
    cast({{ unless_unknown('windowed.direct_units') }} as decimal(18, 3))
        as unfulfilled_units_direct,
    cast({{ unless_unknown('windowed.shared_units') }} as decimal(18, 3))
        as unfulfilled_units_shared,
    cast({{ unless_unknown('windowed.declared_units') }} as decimal(18, 3))
        as unfulfilled_units_merchant_declared,
    coalesce(windowed.affected_orders, 0) as affected_orders,
    cast(
        case when windowed.product_key is null then 0 else windowed.resolved_units end
        as decimal(18, 3)
    ) as resolved_units,
    {{ ratio(
        'coalesce(windowed.unfulfilled_units, case when windowed.affected_orders = 0 then 0 end)',
        'windowed.resolved_units'
    ) }} as unfulfillable_rate,
    rates.rate_eb as unfulfillable_rate_eb, rates.rate_low, rates.rate_high,
    coalesce(windowed.orders, 0) as resolved_orders,
    cast(
        case when coalesce(windowed.affected_orders, 0) = 0 then 0 else windowed.lost_sales end
        as decimal(18, 4)
    ) as lost_sales,
    listed.demand_per_day, listed.revenue_at_risk,
    windowed.first_unfulfilled_at, windowed.last_unfulfilled_at, shipments.last_shipped_at,
    listed.stockout_status,
    row_number() over (
        partition by listed.business_product_id, listed.currency_code
        order by
            listed.revenue_at_risk desc nulls last, windowed.lost_sales desc nulls last,
            windowed.unfulfilled_units desc nulls last, listed.product_key
    ) as rank,
    listed.demand_days, listed.in_stock_probability
from listed
left join windowed
    on listed.business_product_id = windowed.business_product_id
    and listed.product_key = windowed.product_key
    and coalesce(listed.currency_code, '') = coalesce(windowed.currency_code, '')
left join rates
    on listed.business_product_id = rates.business_product_id
    and listed.product_key = rates.product_key
    and coalesce(listed.currency_code, '') = coalesce(rates.currency_code, '')
left join {{ products }} as names
    on listed.business_product_id = names.business_product_id
    and listed.product_key = names.product_key
left join shipments
    on listed.business_product_id = shipments.business_product_id
    and listed.product_key = shipments.product_key
{%- endmacro %}

{#
    Units of a listed product: 0 where none failed, NULL where some did whose number nobody knows.
#}
{% macro unless_unknown(units) -%}
    case
        when coalesce(windowed.affected_orders, 0) = 0 then 0
        when windowed.unfulfilled_units is not null then {{ units }}
    end
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
