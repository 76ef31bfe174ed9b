{{ config(meta={'dagster': {'ref': {'name': 'unfulfilled_products'}}}) }}
-- Blocks: a broken key would double figures.
{{ broken_keys([
    'cancellation_reasons', 'cancelled_orders', 'coverage', 'daily_decisions', 'daily_summary',
    'data_dictionary', 'data_quality', 'delivery_performance', 'delivery_times', 'failed_returns',
    'graded_returns', 'key_figures', 'metric_definitions', 'orders_set_aside', 'product_performance', 'reason_conflicts', 'report_window',
    'return_failures', 'runs', 'store_currencies', 'stores', 'unfulfilled_products',
    'unresolved_deliveries'
]) }}
