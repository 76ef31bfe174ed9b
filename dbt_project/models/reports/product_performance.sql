-- Grain: business_product_id, currency_code, product_key.
{% set bounds %}select first_day, last_day from {{ ref('agg_report_window') }}{% endset %}
{{ product_performance(
    ref('fct_delivery_items'), ref('store_currencies'), ref('dim_products'), bounds
) }}
