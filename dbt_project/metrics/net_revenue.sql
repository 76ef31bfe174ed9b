with sales as (
    select resolved_on as day, business_product_id, currency_code, units * unit_price as money
    from marts.fct_delivery_items
    where resolved_on is not null and not (state = 'CANCELLED' and shipped_at is null)
    union all
    select completed_on as day, business_product_id, currency_code, -refund_total as money
    from marts.fct_refunds
    where refund_row = 1 and state in ('SUCCESS', 'PARTIAL') and is_of_shipped
)

select day, business_product_id, currency_code, sum(money) as net_revenue
from sales
group by day, business_product_id, currency_code
