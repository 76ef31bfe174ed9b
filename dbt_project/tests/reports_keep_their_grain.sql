{{ config(meta={'dagster': {'ref': {'name': 'unfulfilled_products'}}}) }}
-- Blocks: a broken key would double figures.
{{ broken_keys([
    'active_products', 'unexplained_decisions',
    'cancellation_funnel', 'cancellation_reasons', 'cancelled_orders',
    'controllable_cancellations', 'coverage', 'daily_decisions', 'daily_fill_rates',
    'daily_summary', 'data_dictionary', 'data_quality', 'delivery_performance', 'delivery_times',
    'failed_returns', 'graded_returns', 'hours_to_cancel', 'key_figures', 'metric_definitions',
    'net_revenue', 'orders_set_aside', 'product_fill_rates', 'product_performance',
    'reason_conflicts', 'report_window', 'return_failures', 'runs', 'scorecard', 'stock_cover',
    'stockout_episodes', 'store_currencies', 'stores', 'unfulfilled_products',
    'unresolved_deliveries'
]) }}
