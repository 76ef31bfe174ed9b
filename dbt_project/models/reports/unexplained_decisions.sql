-- Grain: day, business_product_id, currency_code. What the alarm watches: the orders decided each day
-- without those with a product that the model of demand took to be out that day, for the page names
-- such products anyway. Of the last 400 days.
with orders as (
    select day, business_product_id, currency_code, is_stopped, is_explained, orders
    from {{ ref('agg_explained_orders') }}
    where order_id is null
    union all
    select
        alone.day, alone.business_product_id,
        coalesce(alone.currency_code, currencies.currency_code) as currency_code,
        max(alone.is_stopped) as is_stopped, max(alone.is_explained) as is_explained, 1 as orders
    from {{ ref('agg_explained_orders') }} as alone
    left join {{ ref('store_currencies') }} as currencies
        on alone.business_product_id = currencies.business_product_id
    where alone.order_id is not null
    group by
        alone.day, alone.business_product_id, alone.order_id,
        coalesce(alone.currency_code, currencies.currency_code)
)

select
    orders.day, orders.business_product_id, orders.currency_code,
    cast(sum(orders.orders) as bigint) as decided_orders,
    cast(sum(orders.orders * orders.is_stopped) as bigint) as stopped_orders
from orders
cross join {{ ref('agg_report_window') }} as run
where
    orders.is_explained = 0
    and orders.day <= run.last_day
    and orders.day > cast({{ dbt.dateadd('day', -400, 'run.last_day') }} as date)
group by orders.day, orders.business_product_id, orders.currency_code
