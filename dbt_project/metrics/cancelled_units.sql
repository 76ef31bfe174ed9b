select
    cancelled_on, business_product_id, product_key, delivery_reason, request_reason, root_cause,
    currency_code, sum(units) as cancelled_units
from marts.fct_delivery_items
where state = 'CANCELLED'
group by
    cancelled_on, business_product_id, product_key, delivery_reason, request_reason, root_cause,
    currency_code
