{# Expressions that every engine spells alike; what they spell differently is in `engine/`. #}

{# A quotient as a floating-point number; NULL where there is nothing to divide by. #}
{% macro ratio(part, whole) -%}
    (cast({{ part }} as double) / nullif(cast({{ whole }} as double), 0))
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

{# The first day of the week of a day, `unknown_day`'s without one. #}
{% macro week_start(day) -%}
    cast({{ dbt.date_trunc('week', 'coalesce(' ~ day ~ ', ' ~ unknown_day() ~ ')') }} as date)
{%- endmacro %}
