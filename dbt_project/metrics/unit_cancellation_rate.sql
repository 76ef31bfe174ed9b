select
    resolved_on as day, business_product_id, currency_code,
    sum(case when state = 'CANCELLED' then units else 0 end)
    / cast(nullif(sum(units), 0) as double precision) as cancellation_rate
from marts.fct_delivery_items
where resolved_on is not null
group by resolved_on, business_product_id, currency_code
