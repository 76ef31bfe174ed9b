{# What engines spell differently, beyond dbt's own cross-database macros; one macro per need. #}

{# The merchant's calendar day of a UTC timestamp. #}
{% macro local_day(at, timezone) -%}
    {{ return(adapter.dispatch('local_day', 'bwp')(at, timezone)) }}
{%- endmacro %}
{% macro default__local_day(at, timezone) -%}
    cast(({{ at }} at time zone 'UTC') at time zone {{ timezone }} as date)
{%- endmacro %}

{# Hours from one timestamp to another, with fractions. #}
{% macro hours_between(first, last) -%}
    {{ return(adapter.dispatch('hours_between', 'bwp')(first, last)) }}
{%- endmacro %}
{% macro default__hours_between(first, last) -%}
    (cast({{ dbt.datediff(first, last, 'second') }} as {{ dbt.type_float() }}) / 3600)
{%- endmacro %}
{% macro duckdb__hours_between(first, last) -%}
    (date_diff('second', {{ first }}, {{ last }}) / cast(3600 as double))
{%- endmacro %}

{# An archived event's names, sorted, each once. #}
{% macro sorted_list(expression) -%}
    {{ return(adapter.dispatch('sorted_list', 'bwp')(expression)) }}
{%- endmacro %}
{% macro default__sorted_list(expression) -%}
    array_agg(distinct {{ expression }} order by {{ expression }})
{%- endmacro %}
