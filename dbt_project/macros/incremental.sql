{#
    The incremental strategy `replace_orders`: the rows of the orders that this run touched, and of
    those that the model's query returns, give way to what the query returns. Unlike delete+insert
    it also removes the rows of a touched order that has none any more.

    `order_key` (model config) is the expression for the order among the model's own columns.
#}
{% macro get_incremental_replace_orders_sql(arg_dict) %}
    {%- set columns = arg_dict['dest_columns'] | map(attribute='quoted') | join(', ') -%}
    {%- set order_key = config.get('order_key', 'order_id') -%}
    delete from {{ arg_dict['target_relation'] }}
    where (business_product_id, {{ order_key }}) in (
        select business_product_id, order_id from {{ ref('stg_touched_orders') }}
        union
        select business_product_id, {{ order_key }} from {{ arg_dict['temp_relation'] }}
    );
    insert into {{ arg_dict['target_relation'] }} ({{ columns }})
    select {{ columns }} from {{ arg_dict['temp_relation'] }}
{% endmacro %}

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

{# The first days of the periods that this build changed. #}
{% macro changed_periods(period) -%}
    select cast({{ dbt.date_trunc(period, 'day') }} as date) from {{ ref('stg_changed_days') }}
    where built_through = {{ built_through() }}
{%- endmacro %}

{# Keeps an incremental build to these periods; `column` is the first day of a row's. #}
{% macro and_changed(period, column) -%}
    {% if is_incremental() %}and {{ column }} in ({{ changed_periods(period) }}){% endif %}
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
    from {{ items }} where (business_product_id, order_id) {{ are_changed }}
    {% endif %}
    {% if orders %}
    union
    select ordered_on from {{ orders }} where (business_product_id, order_id) {{ are_changed }}
    {% endif %}
    {% if events %}
    union
    select cast(event_time as date) from {{ events }}
    where order_id is not null and (business_product_id, order_id) {{ are_changed }}
    union
    select cast(event_time as date) from {{ events }}
    where
        order_id is null and (business_product_id, {{ event_order_key() }}) {{ are_changed }}
    {% endif %}
{%- endmacro %}

{# Stands for the day of what has none, where a period is needed. #}
{% macro unknown_day() -%}
    cast('1970-01-01' as date)
{%- endmacro %}

{# What an event is rebuilt by (`order_key`): its order, or what it is about where it names none. #}
{% macro event_order_key() -%}
    coalesce(order_id, resource_type || '/' || resource_id, '')
{%- endmacro %}

{# How far the last successful build had come: the number of the last lake file it covered. #}
{% macro built_through() -%}
    (
        select coalesce(max(file_id), 0) from {{ source('run', 'lake_files') }}
        where state = 'BUILT'
    )
{%- endmacro %}
