{{ replaces_periods('day', 'cancelled_on', ['fct_delivery_items']) }}
-- Grain: cancelled_on, business_product_id, currency_code, root_cause, product_key, order_id.
select
    cancelled_on, business_product_id, currency_code, root_cause,
    product_key, order_id, min(sku) as sku,
    min(product_title) as product_title,
    cast(sum(units) as decimal(18, 3)) as cancelled_units,
    cast(sum(units * unit_price) as decimal(18, 4)) as lost_sales
from {{ of_changed_periods(ref('fct_delivery_items'), 'day', 'cancelled_on') }}
where root_cause is not null and cancelled_on is not null
group by
    cancelled_on, business_product_id, currency_code, root_cause,
    product_key, order_id
