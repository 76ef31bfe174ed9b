{#
    The incremental strategy `replace_orders`: the rows of the orders that this run touched, and of
    those that the model's query returns, give way to what the query returns. Unlike delete+insert
    it also removes the rows of a touched order that has none any more.

    Such a model begins with this macro. `order_key` is the expression for the order among the
    model's own columns; `clock` the column by which old rows are not searched (`are_touched`);
    `days` those of which the mart leaves a trace (`note_changed_days`), `items` as there.
#}
{% macro replaces_orders(order_key='order_id', clock=none, days=none, items=none) -%}
    {% do ref('touched_orders') %}
    {% do ref('rebuild_bounds') %}
    {{ config(
        materialized='incremental', incremental_strategy='replace_orders', order_key=order_key,
        clock=clock, lies_by=clock or (days or [none])[0]
    ) }}
    {% if days %}
        {% do ref('changed_days') %}
        {% set trace = 'note_changed_days(' ~ tojson(days) ~ ', ' ~ tojson(clock) ~ ', ' ~ items ~ ')' %}
        {{ config(
            pre_hook=before_begin('{% if is_incremental() %}{{ ' ~ trace ~ ' }}{% endif %}'),
            post_hook=after_commit('{{ ' ~ trace ~ ' }}')
        ) }}
    {% endif %}
{%- endmacro %}

{% macro get_incremental_replace_orders_sql(arg_dict) %}
    {%- set order_key = config.require('order_key') -%}
    {%- set clock = config.get('clock') -%}
    delete from {{ arg_dict['target_relation'] }}
    where
        (business_product_id, {{ order_key }}) in (
            select business_product_id, order_id from {{ ref('touched_orders') }}
            union
            select business_product_id, {{ order_key }} from {{ arg_dict['temp_relation'] }}
        )
        {% if clock %}
        -- One query, whose result leaves out what lies before; of the least of two, all is read.
        and {{ clock }} >= (
            select min(known.{{ clock }})
            from (
                select {{ first_word(clock) }} as {{ clock }}
                union all
                select {{ clock }} from {{ arg_dict['temp_relation'] }}
            ) as known
        )
        {% endif %}
{% endmacro %}
