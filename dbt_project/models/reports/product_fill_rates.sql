{{ replaces_periods('day', 'day', ['fct_delivery_items']) }}
-- Grain: day, business_product_id, product_key.
{{ fill_rates(['business_product_id', 'product_key']) }}
