{#
    The incremental strategy `replace_later_days`: of each store, the days from the first that the
    model returns on give way to what it returns; a store of which it returns none is gone. The days
    that change are left as a trace (`changed_days`).

    dbt makes the returned table in the schema `main` when the model is in Python, and leaves it there.
#}
{% macro get_incremental_replace_later_days_sql(arg_dict) %}
    {%- set target, temp = arg_dict['target_relation'], arg_dict['temp_relation'] -%}
    {%- set is_replaced -%}
    not exists (
        select 1
        from (
            select business_product_id, min(day) as first_day
            from {{ temp }}
            group by business_product_id
        ) as later
        where later.business_product_id = {{ target }}.business_product_id
            and {{ target }}.day < later.first_day
    )
    {%- endset -%}
    insert into {{ ref('changed_days') }} (built_through, mart, day)
    select bounds.built_through, '{{ target.identifier }}', changed.day
    from (
        select day from {{ temp }}
        union
        select day from {{ target }} where {{ is_replaced }}
    ) as changed
    cross join {{ ref('rebuild_bounds') }} as bounds;
    delete from {{ target }} where {{ is_replaced }}
{% endmacro %}
