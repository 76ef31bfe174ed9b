-- Grain: business_product_id, product_key.
{% set bounds %}select first_day, last_day from {{ ref('agg_report_window') }}{% endset %}
{{ scorecard(
    ref('fct_product_days'), ref('fct_short_items'), ref('dim_products'), bounds
) }}
