{#
    The incremental strategy `replace_orders`: the rows of the orders that this run touched, and of
    those that the model's query returns, give way to what the query returns. Unlike delete+insert
    it also removes the rows of a touched order that has none any more.

    `order_key` (model config) is the expression for the order among the model's own columns;
    `clock` the column that `since` may search by.
#}
{% macro get_incremental_replace_orders_sql(arg_dict) %}
    {%- set columns = arg_dict['dest_columns'] | map(attribute='quoted') | join(', ') -%}
    {%- set order_key = config.get('order_key', 'order_id') -%}
    {%- set clock = config.get('clock') -%}
    delete from {{ arg_dict['target_relation'] }}
    where
        (business_product_id, {{ order_key }}) in (
            select business_product_id, order_id from {{ ref('stg_touched_orders') }}
            union
            select business_product_id, {{ order_key }} from {{ arg_dict['temp_relation'] }}
        )
        {% if clock %}and {{ since(clock) }}{% endif %};
    insert into {{ arg_dict['target_relation'] }} ({{ columns }})
    select {{ columns }} from {{ arg_dict['temp_relation'] }}
{% endmacro %}

{#
    The rows of orders that this build touches. `clock` is the column that says how old a row is, in
    tables that grow with the history: snapshot_at, or event_time in those of events. Then only rows
    are searched that are no older than the archive's first word on any of these orders: it has none
    before (`stg_touched_since`).
#}
{% macro are_touched(clock=none) -%}
    (business_product_id, {{ event_order_key() if clock == 'event_time' else 'order_id' }}) in (
        select business_product_id, order_id from {{ ref('stg_touched_orders') }}
    )
    {%- if clock %} and {{ since(clock) }}{% endif %}
{%- endmacro %}

{# Lake files that can tell of orders that this build touches: from the first that ever named one. #}
{% macro in_files_of_touched(file_id) -%}
    {{ file_id }} >= (
        select min(starts.first_file_id)
        from {{ ref('stg_order_starts') }} as starts
        inner join {{ ref('stg_touched_orders') }} as touched
            on starts.order_number = touched.order_number
    )
{%- endmacro %}

{% macro since(clock) -%}
    {%- set first = {'event_time': 'first_event_at', 'snapshot_at': 'first_answer_at'}[clock] -%}
    {{ clock }} >= (select {{ first }} from {{ ref('stg_touched_since') }})
{%- endmacro %}

{#
    The incremental strategy `replace_periods`: the days or weeks that this build changed give way to
    what the query returns for them. The query returns every row of each of these periods.

    `period` (model config) is day or week, `period_column` the column that holds its first day.
#}
{% macro get_incremental_replace_periods_sql(arg_dict) %}
    {%- set columns = arg_dict['dest_columns'] | map(attribute='quoted') | join(', ') -%}
    delete from {{ arg_dict['target_relation'] }}
    where {{ config.require('period_column') }} in ({{ changed_periods(config.require('period')) }});
    insert into {{ arg_dict['target_relation'] }} ({{ columns }})
    select {{ columns }} from {{ arg_dict['temp_relation'] }}
{% endmacro %}

{# The first days of the periods that this build changed; that of what has no day is always one. #}
{% macro changed_periods(period) -%}
    select cast({{ dbt.date_trunc(period, 'day') }} as date) as first_day
    from {{ ref('stg_changed_days') }}
    where built_through = {{ built_through() }}
    union
    select cast({{ dbt.date_trunc(period, unknown_day()) }} as date)
{%- endmacro %}

{#
    A table's rows in the periods that this build changed, for a model of strategy `replace_periods`;
    `day` is the column by which they belong to a period. Days are compared as they stand, so that
    what lies elsewhere is not read; those before the stand-in for no day, which always counts as
    changed, are looked for apart from the others.
#}
{% macro of_changed_periods(relation, period, day) -%}
    {%- if is_incremental() -%}
    (
        {% for side in ['>', '<='] %}
        select * from {{ relation }}
        where {{ day }} in (
            select cast({{ dbt.dateadd('day', 'numbers.number', 'periods.first_day') }} as date)
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
    {%- else -%}
    {{ relation }}
    {%- endif -%}
{%- endmacro %}

{#
    Puts the rows of a full build in the order in which days add them: what is near in time lies
    together, and who asks for some days reads little else.
#}
{% macro in_order_of(column) -%}
    {% if not is_incremental() %}order by {{ column }}{% endif %}
{%- endmacro %}

{# The first day of the week of a day, `unknown_day`'s without one. #}
{% macro week_start(day) -%}
    cast({{ dbt.date_trunc('week', 'coalesce(' ~ day ~ ', ' ~ unknown_day() ~ ')') }} as date)
{%- endmacro %}

{#
    Of the orders in `changed`, all days that their rows in these tables name: what is summed up by
    day, week or month of any kind changes in no others. `unknown_day` stands for what has none.
#}
{% macro days_of_changed(items, orders, events) -%}
    {%- set are_changed -%}
        in (select business_product_id, order_id from changed)
    {%- endset -%}
    select cast(null as date) as day where 1 = 0
    {% if items %}
    union
    select unnest([ordered_on, shipped_on, delivered_on, cancelled_on, resolved_on]) as day
    from {{ items }}
    where (business_product_id, order_id) {{ are_changed }} and {{ since('snapshot_at') }}
    {% endif %}
    {% if orders %}
    union
    select ordered_on from {{ orders }} where (business_product_id, order_id) {{ are_changed }}
    {% endif %}
    {% if events %}
    union
    select cast(event_time as date) from {{ events }}
    where
        (business_product_id, {{ event_order_key() }}) {{ are_changed }}
        and {{ since('event_time') }}
    {% endif %}
{%- endmacro %}

{# Stands for the day of what has none, where a period is needed. #}
{% macro unknown_day() -%}
    cast('1970-01-01' as date)
{%- endmacro %}

{#
    What an event is rebuilt by (`order_key`): its order; where it names none, what it is about, and
    for changes that recur the day as well. `load_lake` computes the same.
#}
{% macro event_order_key() -%}
    coalesce(
        order_id,
        resource_type || '/' || resource_id
        || case when {{ is_recurring() }} then '/' || cast(event_time as date) else '' end,
        ''
    )
{%- endmacro %}

{# These events tell of changes that happen again and again to one thing: each time is its own. #}
{% macro is_recurring() -%}
    event_type in ('INVENTORY_CHANGED', 'BUYABILITY_CHANGED', 'PACKAGE_TRACKER_MILESTONE_CHANGED')
{%- endmacro %}

{# How far the last successful build had come: the number of the last lake file it covered. #}
{% macro built_through() -%}
    (
        select coalesce(max(file_id), 0) from {{ source('run', 'lake_files') }}
        where state = 'BUILT'
    )
{%- endmacro %}
