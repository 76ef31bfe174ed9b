{# Days and weeks that a build changed, found in each engine's words. #}

{#
    A table's rows in the periods that this build changed, for a model of strategy `replace_periods`;
    `day` is the column by which they belong to a period. What has no day belongs to one that always
    counts as changed.
#}
{% macro of_changed_periods(relation, period, day) -%}
    {%- if is_incremental() -%}
    {{ return(adapter.dispatch('of_changed_periods', 'bwp')(relation, period, day)) }}
    {%- else -%}
    {{ return(relation) }}
    {%- endif -%}
{%- endmacro %}

{#
    Days are compared as they stand, so that what lies elsewhere is not read; those before the
    stand-in for no day are looked for apart from the others.
#}
{% macro duckdb__of_changed_periods(relation, period, day) -%}
    (
        {% for side in ['>', '<='] %}
        select * from {{ relation }}
        where {{ day }} in (
            select cast({{ days_after('numbers.number', 'periods.first_day') }} as date)
            from ({{ changed_periods(period) }}) as periods
            cross join (
                {% for number in range({'day': 1, 'week': 7}[period]) %}
                select {{ number }} as number {{ 'union all' if not loop.last }}
                {% endfor %}
            ) as numbers
            where periods.first_day {{ side }} {{ unknown_day() }}
        )
        union all
        {% endfor %}
        select * from {{ relation }} where {{ day }} is null
    )
{%- endmacro %}

{# Spark plans what it is told once much faster than what it has to look up in each place. #}
{% macro spark__of_changed_periods(relation, period, day) -%}
    (select * from {{ relation }} where {{ day }} is null or {{ day }} in ({{ changed_dates(period) }}))
{%- endmacro %}

{#
    Every date of the periods that this build changed, as literals. The marts that a question is about
    are built by then, so who asks the same later is told what was found; dbt keeps it beside its graph.
#}
{% macro changed_dates(period) -%}
    {%- set question = changed_periods(period) -%}
    {%- set found = graph.setdefault('changed_dates', {}) -%}
    {%- if execute and question not in found -%}
        {%- set dates = [] -%}
        {%- for row in run_query(question) -%}
            {%- for number in range({'day': 1, 'week': 7}[period]) -%}
                {%- do dates.append("date '" ~ (row[0] + modules.datetime.timedelta(number)) ~ "'") -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- do found.update({question: dates | join(', ')}) -%}
    {%- endif -%}
    {{ found[question] }}
{%- endmacro %}
