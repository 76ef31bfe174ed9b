-- Grain: business_product_id, product_key.
{% set bounds %}select first_day, last_day from {{ ref('agg_report_window') }}{% endset %}
{{ active_products(
    ref('fct_delivery_items'), ref('dim_products'), ref('fct_product_days'),
    ref('fct_return_items'), ref('store_currencies'), bounds
) }}
