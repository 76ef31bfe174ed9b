-- Grain: business_product_id, currency_code, periods_ago.
{% set bounds %}select first_day, last_day from {{ ref('agg_report_window') }}{% endset %}
{{ key_figures(ref('fct_delivery_items'), ref('store_currencies'), bounds) }}
