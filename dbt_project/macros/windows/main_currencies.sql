{#
    The currency in which most orders of a product were, its share of the units, and the product's latest
    price in it: common tables `latest_sales` to `main_currencies`, of `sold`.
#}
{% macro main_currencies() -%}
-- A price that changed: the latest is what the next units will sell at.
latest_sales as (
    select business_product_id, product_key, currency_code, max(ordered_at) as ordered_at
    from sold
    where unit_price is not null
    group by business_product_id, product_key, currency_code
),

latest_prices as (
    select
        sold.business_product_id, sold.product_key, sold.currency_code, sold.unit_price,
        row_number() over (
            partition by sold.business_product_id, sold.product_key, sold.currency_code
            order by sold.order_id, sold.unit_price
        ) as nth_latest
    from sold
    inner join latest_sales
        on sold.business_product_id = latest_sales.business_product_id
        and sold.product_key = latest_sales.product_key
        and sold.currency_code is not distinct from latest_sales.currency_code
        and sold.ordered_at is not distinct from latest_sales.ordered_at
    where sold.unit_price is not null
),

by_currency as (
    select
        business_product_id, product_key, currency_code,
        max(ordered_on) as last_ordered_on,
        {{ ratio(
            'sum(units)', 'sum(sum(units)) over (partition by business_product_id, product_key)'
        ) }} as currency_share,
        count(*) over (partition by business_product_id, product_key) as currencies
    from sold
    group by business_product_id, product_key, currency_code
),

-- Orders need counting only where there is something to compare.
compared as (
    select
        sold.business_product_id, sold.product_key, sold.currency_code,
        count(distinct sold.order_id) as orders
    from sold
    inner join by_currency
        on sold.business_product_id = by_currency.business_product_id
        and sold.product_key = by_currency.product_key
        and sold.currency_code is not distinct from by_currency.currency_code
        and by_currency.currencies > 1
    group by sold.business_product_id, sold.product_key, sold.currency_code
),

placed as (
    select
        by_currency.business_product_id, by_currency.product_key, by_currency.currency_code,
        by_currency.last_ordered_on, coalesce(by_currency.currency_share, 1) as currency_share,
        row_number() over (
            partition by by_currency.business_product_id, by_currency.product_key
            order by compared.orders desc, by_currency.currency_code
        ) as place
    from by_currency
    left join compared
        on by_currency.business_product_id = compared.business_product_id
        and by_currency.product_key = compared.product_key
        and by_currency.currency_code is not distinct from compared.currency_code
),

main_currencies as (
    select
        placed.business_product_id, placed.product_key, placed.currency_code,
        placed.last_ordered_on, placed.currency_share, latest_prices.unit_price
    from placed
    left join latest_prices
        on placed.business_product_id = latest_prices.business_product_id
        and placed.product_key = latest_prices.product_key
        and coalesce(placed.currency_code, '') = coalesce(latest_prices.currency_code, '')
        and latest_prices.nth_latest = 1
    where placed.place = 1
)
{%- endmacro %}
