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
        from {{ this }}
        where (business_product_id, order_id) in ({{ rekeyed_orders(items) }})
        {% endif %}
    ) as named
{%- endmacro %}

{# Orders with an item whose product id has another key than when the order was built. #}
{% macro rekeyed_orders(items) -%}
    select business_product_id, order_id
    from {{ items }}
    where (business_product_id, product_id) in (
        select business_product_id, product_id from {{ ref('int_product_keys') }}
        where product_key <> built_key
    )
{%- endmacro %}

{# Stands for the day of what has none, where a period is needed. #}
{% macro unknown_day() -%}
    cast('1970-01-01' as date)
{%- endmacro %}
