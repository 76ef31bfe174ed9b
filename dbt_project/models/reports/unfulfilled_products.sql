{% set bounds %}select first_day, last_day from {{ ref('agg_report_window') }}{% endset %}
{{ unfulfilled_products(
    ref('fct_delivery_items'), ref('dim_products'), ref('fct_product_days'),
    ref('store_currencies'), bounds
) }}
