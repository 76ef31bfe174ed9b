with units as (
    select cancelled_on as day, business_product_id, currency_code, units, 1 as is_cancelled
    from marts.fct_delivery_items
    where
        root_cause in ('STOCK', 'MERCHANT_CHOICE')
        or (root_cause = 'PAYMENT' and requested_by = 'MERCHANT')
    union all
    select resolved_on as day, business_product_id, currency_code, units, 0 as is_cancelled
    from marts.fct_delivery_items
    where resolved_on is not null
)

select
    day, business_product_id, currency_code,
    sum(case when is_cancelled = 1 then units else 0 end)
    / cast(nullif(sum(case when is_cancelled = 0 then units end), 0) as double precision)
        as controllable_cancellation_rate
from units
group by day, business_product_id, currency_code
