{#
    Functions for analysts that answer for any window of days what the reports answer for the
    current one. They name tables without a database, so that they work in the published copy.
#}
{% macro create_analysts_functions() -%}
    {#- Before the first whole build they would name tables that aren't there yet. -#}
    {% set missing = [] %}
    {% for name in ['active_products', 'cancellation_reasons', 'unfulfilled_products'] %}
        {% if adapter.get_relation('bwp', 'reports', name) is none %}{% do missing.append(name) %}{% endif %}
    {% endfor %}
    {% if not missing %}
        {{ return(adapter.dispatch('create_analysts_functions', 'bwp')()) }}
    {% endif %}
{%- endmacro %}

{% macro default__create_analysts_functions() -%}{%- endmacro %}

{% macro duckdb__create_analysts_functions() -%}
    {% set between = "select cast(first_day as date) as first_day, cast(last_day as date) as last_day" %}
    use bwp;
    create or replace macro reports.unfulfilled_products_between(first_day, last_day) as table (
        {{ unfulfilled_products(
            'marts.fct_delivery_items', 'marts.dim_products', 'marts.fct_product_days',
            'reports.store_currencies', between
        ) }}
    );
    comment on macro table reports.unfulfilled_products_between is
        'reports.unfulfilled_products for any days of the merchant, both included.';
    create or replace macro reports.active_products_between(first_day, last_day) as table (
        {{ active_products(
            'marts.fct_delivery_items', 'marts.dim_products', 'marts.fct_product_days',
            'marts.fct_return_items', 'reports.store_currencies', between
        ) }}
    );
    comment on macro table reports.active_products_between is
        'reports.active_products as of the last of any days of the merchant.';
    create or replace macro reports.scorecard_between(first_day, last_day) as table (
        {{ scorecard(
            'marts.fct_product_days', 'marts.fct_short_items', 'marts.dim_products', between
        ) }}
    );
    comment on macro table reports.scorecard_between is
        'reports.scorecard of the last of any days of the merchant and four weeks before it.';
    create or replace macro reports.cancellation_reasons_between(first_day, last_day) as table (
        select
            business_product_id, product_key, delivery_reason, request_reason, root_cause,
            currency_code, max(sku) as sku, max(product_title) as product_title,
            sum(cancelled_units) as cancelled_units, sum(lost_sales) as lost_sales
        from reports.cancellation_reasons
        where cancelled_on between cast(first_day as date) and cast(last_day as date)
        group by all
    );
    comment on macro table reports.cancellation_reasons_between is
        'reports.cancellation_reasons summed over days of the merchant, both included.';
    create or replace macro reports.key_figures_between(first_day, last_day) as table (
        {{ key_figures('marts.fct_delivery_items', 'reports.store_currencies', between) }}
    );
    comment on macro table reports.key_figures_between is
        'reports.key_figures for any days of the merchant, both included, and as many before.';
    create or replace macro reports.product_performance_between(first_day, last_day) as table (
        {{ product_performance(
            'marts.fct_delivery_items', 'reports.store_currencies', 'marts.dim_products', between
        ) }}
    );
    comment on macro table reports.product_performance_between is
        'reports.product_performance for any days of the merchant, both included.';
    create or replace macro reports.delivery_times_between(first_day, last_day) as table (
        {{ delivery_times('marts.fct_delivery_items', 'reports.store_currencies', between) }}
    );
    comment on macro table reports.delivery_times_between is
        'reports.delivery_times for any days of the merchant, both included, and as many before.';
    use {{ target.database }};
{%- endmacro %}
