{#
    A change leaves its own trace: a mart writes the days of the rows that a build takes away and of
    those that it adds, into `changed_days`. What is summed up by day, week or month changes in no
    others. As hooks, because DuckDB writes one attached database a transaction, and the marts have
    a file of their own.
#}

{#
    The trace of a mart's rows of changed orders. Attempts that failed count too, for they may have
    changed the orders already: all of one build say how far the last successful one had come.

    days: the mart's columns or expressions that are days.
    clock: as in `are_touched`.
    items: the relation that tells which orders hold a product whose key has changed
        (`int_product_keys`); they change as well, though nothing new was said of them.
#}
{% macro note_changed_days(days, clock=none, items=none) -%}
    insert into {{ ref('changed_days') }} (built_through, mart, day)
    select distinct
        (select built_through from {{ ref('rebuild_bounds') }}), '{{ this.identifier }}',
        coalesce(day, {{ unknown_day() }})
    from (
        select {{ each_of(list_of(days)) }} as day
        from {{ this }}
        where {{ are_touched(clock) }}
        {% if items %}
        union
        select {{ each_of(list_of(days)) }} as day
        from ({{ rekeyed_orders(items) }}) as rekeyed
        inner join {{ this }} as known
            on rekeyed.store_of_order = known.business_product_id
            and rekeyed.number_of_order = known.order_id
        {% endif %}
    ) as named
{%- endmacro %}

{#
    Orders with an item whose product id has another key than when the order was built. As a relation
    to join, because there are few or none: of `in (...)` the engine thinks there are as many as
    items, and keeps the history in memory instead. Its columns have names that no mart has.
#}
{% macro rekeyed_orders(items) -%}
    select distinct
        items.business_product_id as store_of_order, items.order_id as number_of_order
    from {{ items }} as items
    inner join {{ ref('int_product_keys') }} as mapping
        on items.business_product_id = mapping.business_product_id
        and items.product_id = mapping.product_id
    where mapping.product_key <> mapping.built_key
{%- endmacro %}

{# Stands for the day of what has none, where a period is needed. #}
{% macro unknown_day() -%}
    cast('1970-01-01' as date)
{%- endmacro %}
