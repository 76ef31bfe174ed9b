{# Texts, and what is made of many of them, in each engine's words. #}

{# The parts of a resource's path; what is percent-encoded is decoded. #}
{% macro path_parts(path) -%}{{ return(adapter.dispatch('path_parts', 'bwp')(path)) }}{%- endmacro %}
{% macro duckdb__path_parts(path) -%}
    string_split(
        trim(case when contains({{ path }}, '%') then url_decode({{ path }}) else {{ path }} end, '/'), '/'
    )
{%- endmacro %}
{% macro spark__path_parts(path) -%}
    split(
        btrim(coalesce(try_url_decode(replace({{ path }}, '+', '%2B')), {{ path }}), '/'), '/'
    )
{%- endmacro %}

{# A number that stands for an order where all orders are searched, and none. #}
{% macro order_number(business_product_id, order_id) -%}
    {{ return(adapter.dispatch('order_number', 'bwp')(business_product_id, order_id)) }}
{%- endmacro %}
{% macro duckdb__order_number(business_product_id, order_id) -%}
    md5_number_lower({{ business_product_id }} || '/' || {{ order_id }})
{%- endmacro %}
{% macro spark__order_number(business_product_id, order_id) -%}
    xxhash64({{ business_product_id }}, {{ order_id }})
{%- endmacro %}

{% macro no_order_number() -%}{{ return(adapter.dispatch('no_order_number', 'bwp')()) }}{%- endmacro %}
{% macro duckdb__no_order_number() -%}cast(null as ubigint){%- endmacro %}
{% macro spark__no_order_number() -%}cast(null as bigint){%- endmacro %}

{# Different values, sorted, as a list. #}
{% macro sorted_list(expression) -%}{{ return(adapter.dispatch('sorted_list', 'bwp')(expression)) }}{%- endmacro %}
{% macro duckdb__sorted_list(expression) -%}
    array_agg(distinct {{ expression }} order by {{ expression }})
{%- endmacro %}
{% macro spark__sorted_list(expression) -%}array_sort(collect_set({{ expression }})){%- endmacro %}

{# Up to three values, in order, as text. #}
{% macro first_examples(expression) -%}{{ return(adapter.dispatch('first_examples', 'bwp')(expression)) }}{%- endmacro %}
{% macro duckdb__first_examples(expression) -%}
    array_to_string(list_sort(min(distinct {{ expression }}, 3)), ', ')
{%- endmacro %}
{% macro spark__first_examples(expression) -%}
    array_join(slice(array_sort(collect_set({{ expression }})), 1, 3), ', ')
{%- endmacro %}

{# The value below which a part of all values lies, between two of them where it must. #}
{% macro quantile(part, value) -%}{{ return(adapter.dispatch('quantile', 'bwp')(part, value)) }}{%- endmacro %}
{% macro duckdb__quantile(part, value) -%}
    percentile_cont({{ part }}) within group (order by {{ value }})
{%- endmacro %}
{% macro spark__quantile(part, value) -%}percentile({{ value }}, {{ part }}){%- endmacro %}

{# Text without spaces around it, whatever kind of space. #}
{% macro trimmed(text) -%}{{ return(adapter.dispatch('trimmed', 'bwp')(text)) }}{%- endmacro %}
{% macro duckdb__trimmed(text) -%}trim({{ text }}){%- endmacro %}
{% macro spark__trimmed(text) -%}
    regexp_replace({{ text }}, '^[\\p{Zs}]+|[\\p{Zs}]+$', '')
{%- endmacro %}
