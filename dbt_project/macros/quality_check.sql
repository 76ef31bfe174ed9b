{# A row of the data quality report: how many rows of a query there are, and some of their keys. #}
{% macro quality_check(name, severity, meaning, example, query) -%}
select
    '{{ name }}' as check_name, '{{ severity }}' as severity, '{{ meaning }}' as meaning,
    count(*) as found, {{ first_examples(example) }} as examples
from ({{ query }}) as found
{%- endmacro %}

{# Up to three values, in order, as text. #}
{% macro first_examples(expression) -%}
    {{ return(adapter.dispatch('first_examples', 'bwp')(expression)) }}
{%- endmacro %}
{% macro default__first_examples(expression) -%}
    min({{ expression }})
{%- endmacro %}
{% macro duckdb__first_examples(expression) -%}
    array_to_string(list_sort(min(distinct {{ expression }}, 3)), ', ')
{%- endmacro %}
