{#
    What may have to be ordered, and what an order quantity rests on. Grain: business_product_id,
    product_key. Stock, demand and quantity are a product's, so it stands here once: with the
    currency in which most of its orders were, and that one's share of its units.

    Active: ordered within 91 days, or out or silent as of the window's last day. What the merchant
    discontinued or snoozed is left out where it is known, in the reports.
#}
{% macro active_products(items, products, product_days, returns, currencies, bounds) -%}
with bounds as (
    {{ bounds }}
),

outlooks as (
    select days.*
    from {{ product_days }} as days
    where days.day = (
        select max(known.day)
        from {{ product_days }} as known
        cross join bounds
        where known.day <= bounds.last_day
    )
),

sold as (
    select
        items.business_product_id, items.product_key,
        coalesce(items.currency_code, currencies.currency_code) as currency_code,
        items.order_id, items.units, items.unit_price, items.ordered_at,
        coalesce(items.ordered_on, items.resolved_on, items.cancelled_on) as ordered_on
    from {{ ordered_since(items) }} as items
    cross join bounds
    left join {{ currencies }} as currencies
        on items.business_product_id = currencies.business_product_id
    where
        coalesce(items.ordered_on, items.resolved_on, items.cancelled_on) <= bounds.last_day
        and items.product_key <> 'UNKNOWN' and {{ is_amazons('items.delivery_provider') }}
),

{{ main_currencies() }},

{{ expected_returns(items, returns) }}

select
    outlooks.business_product_id, outlooks.product_key,
    coalesce(sold_in.currency_code, names.currency_code, currencies.currency_code)
        as currency_code,
    names.sku, names.product_title,
    cast(coalesce(sold_in.unit_price, names.unit_price) as decimal(18, 4)) as unit_price,
    coalesce(sold_in.currency_share, 1) as currency_share, sold_in.last_ordered_on,
    outlooks.demand_per_day, outlooks.demand_low, outlooks.demand_high, outlooks.demand_days,
    outlooks.dispersion, outlooks.units_per_order, outlooks.in_stock_probability,
    outlooks.units_at_risk, outlooks.stockout_status,
    coalesce(coming_back.returning_units, 0) as returning_units,
    coming_back.expected_sellable_units
from outlooks
left join main_currencies as sold_in
    on outlooks.business_product_id = sold_in.business_product_id
    and outlooks.product_key = sold_in.product_key
left join {{ products }} as names
    on outlooks.business_product_id = names.business_product_id
    and outlooks.product_key = names.product_key
left join {{ currencies }} as currencies
    on outlooks.business_product_id = currencies.business_product_id
left join coming_back
    on outlooks.business_product_id = coming_back.business_product_id
    and outlooks.product_key = coming_back.product_key
where sold_in.product_key is not null or outlooks.is_listed
{%- endmacro %}

{#
    What was ordered in the 91 days of `bounds`: of what was not dated, by when it was decided. Two
    searches, so that what lies before is not read.
#}
{% macro ordered_since(items) -%}
    {%- set since = dbt.dateadd('day', -91, 'bounds.last_day') -%}
    (
        select items.*
        from {{ items }} as items
        cross join bounds
        where items.ordered_on > cast({{ since }} as date)
        union all
        select items.*
        from {{ items }} as items
        cross join bounds
        where items.ordered_on is null
            and coalesce(items.resolved_on, items.cancelled_on) > cast({{ since }} as date)
    )
{%- endmacro %}
