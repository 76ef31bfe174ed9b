-- One row per store, currency, root cause, product and order cancelled in the window.
select
    business_product_id,
    currency_code,
    root_cause,
    product_key,
    order_id,
    any_value(sku) as sku,
    any_value(product_title) as product_title,
    max(cancelled_on) as cancelled_on,
    sum(units) as cancelled_units
from items
where cancelled_on between $first_day and $last_day
group by all
order by business_product_id, currency_code, cancelled_on desc, order_id, product_key, root_cause
