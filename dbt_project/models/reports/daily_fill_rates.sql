{{ replaces_periods('day', 'day', ['fct_delivery_items']) }}
-- Grain: day, business_product_id.
{{ fill_rates(['business_product_id']) }}
