-- Which products do shoppers cancel by choice: whose page or price needs a look?
with products as (
    select
        product_key, max(product_title) as product_title,
        count(distinct order_id) as orders,
        count(distinct case
            when root_cause in ('SHOPPER_CHOICE', 'SHOPPER_MISTAKE') then order_id
        end) as cancelled_orders
    from marts.fct_delivery_items
    where resolved_at is not null and product_key is not null
    group by product_key
)
select
    product_key, left(product_title, 20) as title, cancelled_orders, orders,
    round(100 * wilson_low(cancelled_orders, orders), 1) as at_least_pct,
    round(100 * wilson_high(cancelled_orders, orders), 1) as at_most_pct
from products
where cancelled_orders > 0
order by at_least_pct desc, product_key
limit 8;
