{#
    The incremental strategy `replace_periods`: the days or weeks that this build changed give way to
    what the query returns for them. The query returns every row of each of these periods.

    Such a model begins with this macro. `period` is day or week, `period_column` the column that
    holds its first day, `summed_marts` the marts that the model sums: what changed in them says
    which periods changed.
#}
{% macro replaces_periods(period, period_column, summed_marts) -%}
    {% do ref('changed_days') %}
    {% do ref('rebuild_bounds') %}
    {{ config(
        materialized='incremental', incremental_strategy='replace_periods', period=period,
        period_column=period_column, lies_by=period_column, summed_marts=summed_marts
    ) }}
{%- endmacro %}

{% macro get_incremental_replace_periods_sql(arg_dict) %}
    delete from {{ arg_dict['target_relation'] }}
    where
        {{ config.require('period_column') }} in ({{ changed_periods(config.require('period')) }})
        or {{ config.require('period_column') }} is null
{% endmacro %}

{# The first days of the periods that this build changed; that of what has no day is always one. #}
{% macro changed_periods(period) -%}
    select cast({{ dbt.date_trunc(period, 'changed.day') }} as date) as first_day
    from {{ ref('changed_days') }} as changed
    inner join {{ ref('rebuild_bounds') }} as bounds
        on changed.built_through = bounds.built_through
    where changed.mart in ({{ literals(config.require('summed_marts')) }})
    union
    select cast({{ dbt.date_trunc(period, unknown_day()) }} as date)
{%- endmacro %}
