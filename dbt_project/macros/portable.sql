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
    (cast({{ dbt.datediff(first, last, 'second') }} as double precision) / 3600)
{%- endmacro %}

{# An archived event's names, sorted, each once. #}
{% macro sorted_list(expression) -%}
    {{ return(adapter.dispatch('sorted_list', 'bwp')(expression)) }}
{%- endmacro %}
{% macro default__sorted_list(expression) -%}
    array_agg(distinct {{ expression }} order by {{ expression }})
{%- endmacro %}

{# A quotient as a floating-point number; NULL where there is nothing to divide by. #}
{% macro ratio(part, whole) -%}
    (cast({{ part }} as double precision) / nullif(cast({{ whole }} as double precision), 0))
{%- endmacro %}

{# Values as SQL literals, separated by commas; what is missing is NULL. #}
{% macro literals(values) -%}
    {%- for value in values -%}
        {%- if value is number -%}{{ value }}
        {%- elif value -%}'{{ value | replace("'", "''") }}'
        {%- else -%}null
        {%- endif -%}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{# The sum where a condition holds: 0 where it never does, NULL where a value in it is unknown. #}
{% macro known_sum(condition, value) -%}
    case
        when count(case when {{ condition }} and {{ value }} is null then 1 end) = 0
            then coalesce(sum(case when {{ condition }} then {{ value }} end), 0)
    end
{%- endmacro %}

{# The sum of the values known where a condition holds: 0 where it never does, NULL where none is known. #}
{% macro sum_where(condition, value) -%}
    case
        when count(case when {{ condition }} then 1 end) = 0 then 0
        else sum(case when {{ condition }} then {{ value }} end)
    end
{%- endmacro %}

{# How many different values there are where a condition holds. #}
{% macro count_where(condition, value) -%}
    count(distinct case when {{ condition }} then {{ value }} end)
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

{# The first day of the week of a day, `unknown_day`'s without one. #}
{% macro week_start(day) -%}
    cast({{ dbt.date_trunc('week', 'coalesce(' ~ day ~ ', ' ~ unknown_day() ~ ')') }} as date)
{%- endmacro %}

{# A row for each struct of a list, its fields as columns. #}
{% macro each_of(list) -%}
    {{ return(adapter.dispatch('each_of', 'bwp')(list)) }}
{%- endmacro %}
{% macro default__each_of(list) -%}
    inline({{ list }})
{%- endmacro %}
{% macro duckdb__each_of(list) -%}
    unnest({{ list }}, recursive := true)
{%- endmacro %}
