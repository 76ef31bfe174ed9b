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
    The incremental strategy `replace_weeks`: the weeks that this run changed give way to what the
    query returns for them. The query returns every row of each of these weeks.
#}
{% macro get_incremental_replace_weeks_sql(arg_dict) %}
    {%- set columns = arg_dict['dest_columns'] | map(attribute='quoted') | join(', ') -%}
    delete from {{ arg_dict['target_relation'] }}
    where week_start in (
        select week_start from {{ ref('stg_former_weeks') }}
        where built_through = {{ built_through() }}
        union
        select week_start from {{ arg_dict['temp_relation'] }}
    );
    insert into {{ arg_dict['target_relation'] }} ({{ columns }})
    select {{ columns }} from {{ arg_dict['temp_relation'] }}
{% endmacro %}

{# How far the last successful build had come: the number of the last lake file it covered. #}
{% macro built_through() -%}
    (
        select coalesce(max(file_id), 0) from {{ source('run', 'lake_files') }}
        where state = 'BUILT'
    )
{%- endmacro %}
