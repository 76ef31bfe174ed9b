select ordered_on as day, business_product_id, currency_code, sum(units) as ordered_units
from marts.fct_delivery_items
group by ordered_on, business_product_id, currency_code
