{#
    Which products are listed, and what the model of demand says of them on the window's last day:
    common tables `outlooks` to `listed`, of `bounds` and `windowed`. Listed are those with an
    unfulfilled unit in the window, and those that are out without one: silence is the worst kind.

    State and demand are a product's; its money at risk is shared out by the currencies in which its
    units were decided in the window.
#}
{% macro listed_products(items, product_days) -%}
outlooks as (
    select
        days.business_product_id, days.product_key, days.in_stock_probability, days.demand_per_day,
        days.demand_days, days.units_at_risk, days.stockout_status, days.is_listed
    from {{ product_days }} as days
    where days.day = (
        select max(known.day)
        from {{ product_days }} as known
        cross join bounds
        where known.day <= bounds.last_day
    )
),

-- Nothing of them was decided in the window: their last sale tells currency and price. When that was is
-- looked up first, so that little is read of the items before.
last_sold as (
    select items.business_product_id, items.product_key, max(items.ordered_at) as ordered_at
    from {{ items }} as items
    cross join bounds
    inner join outlooks
        on items.business_product_id = outlooks.business_product_id
        and items.product_key = outlooks.product_key and outlooks.is_listed
    left join windowed
        on items.business_product_id = windowed.business_product_id
        and items.product_key = windowed.product_key
    where items.ordered_on <= bounds.last_day and windowed.product_key is null
    group by items.business_product_id, items.product_key
),

last_sales as (
    select
        items.business_product_id, items.product_key, items.currency_code, items.unit_price,
        row_number() over (
            partition by items.business_product_id, items.product_key
            order by items.order_id, items.line_item_id, items.delivery_id
        ) as nth_latest
    from {{ items }} as items
    inner join last_sold
        on items.business_product_id = last_sold.business_product_id
        and items.product_key = last_sold.product_key
        and items.ordered_at = last_sold.ordered_at
),

candidates as (
    select
        business_product_id, product_key, currency_code, mean_price, affected_orders,
        coalesce(
            {{ ratio(
                'resolved_units',
                'sum(resolved_units) over (partition by business_product_id, product_key)'
            ) }}, 0
        ) as currency_share
    from windowed
    union all
    select
        business_product_id, product_key, currency_code, unit_price as mean_price,
        0 as affected_orders, 1 as currency_share
    from last_sales
    where nth_latest = 1
),

listed as (
    select
        candidates.business_product_id, candidates.product_key, candidates.currency_code,
        outlooks.in_stock_probability, outlooks.demand_per_day, outlooks.demand_days,
        cast(
            outlooks.units_at_risk * candidates.currency_share * candidates.mean_price
            as decimal(18, 4)
        ) as revenue_at_risk,
        coalesce(outlooks.stockout_status, 'NONE') as stockout_status
    from candidates
    left join outlooks
        on candidates.business_product_id = outlooks.business_product_id
        and candidates.product_key = outlooks.product_key
    where candidates.affected_orders > 0 or outlooks.is_listed
)
{%- endmacro %}
