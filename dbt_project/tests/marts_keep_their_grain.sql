{{ config(meta={'dagster': {'ref': {'name': 'fct_delivery_items'}}}) }}
-- Blocks: a broken key would double figures.
{{ broken_keys([
    'dim_orders', 'dim_products', 'fct_cancellation_requests', 'fct_delivery_items', 'fct_events',
    'fct_order_states', 'fct_refunds', 'fct_return_items', 'fct_return_packages'
]) }}
