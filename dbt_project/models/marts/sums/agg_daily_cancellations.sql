{{ replaces_periods('day', 'cancelled_on', ['fct_delivery_items']) }}
-- Grain: cancelled_on, business_product_id, product_key, delivery_reason, request_reason, root_cause,
-- currency_code.
select
    cancelled_on, business_product_id, product_key,
    delivery_reason, request_reason, root_cause, currency_code,
    sum(units) as cancelled_units, count(distinct order_id) as cancelled_orders,
    sum(units * unit_price) as lost_sales
from {{ of_changed_periods(ref('fct_delivery_items'), 'day', 'cancelled_on') }}
where root_cause is not null
group by
    cancelled_on, business_product_id, product_key, delivery_reason,
    request_reason, root_cause, currency_code
