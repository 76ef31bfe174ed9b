-- Grain: day, business_product_id, currency_code. What the alarm watches: the orders decided each day
-- without those with a product that the model of demand took to be out that day, for the page names
-- such products anyway. Of the last 400 days.
with orders as (
    select
        items.resolved_on as day, items.business_product_id,
        coalesce(items.currency_code, currencies.currency_code) as currency_code, items.order_id,
        max(
            case when items.root_cause is not null and items.shipped_at is null then 1 else 0 end
        ) as stopped,
        max(case when days.in_stock_probability < 0.4 then 1 else 0 end) as explained
    from {{ ref('fct_delivery_items') }} as items
    cross join {{ ref('agg_report_window') }} as run
    left join {{ ref('store_currencies') }} as currencies
        on items.business_product_id = currencies.business_product_id
    left join {{ ref('fct_product_days') }} as days
        on items.business_product_id = days.business_product_id
        and items.product_key = days.product_key and items.resolved_on = days.day
    where
        items.resolved_on <= run.last_day
        and items.resolved_on > cast({{ dbt.dateadd('day', -400, 'run.last_day') }} as date)
    group by
        items.resolved_on, items.business_product_id,
        coalesce(items.currency_code, currencies.currency_code), items.order_id
)

select
    day, business_product_id, currency_code, count(*) as decided_orders,
    cast(sum(stopped) as bigint) as stopped_orders
from orders
where explained = 0
group by day, business_product_id, currency_code
