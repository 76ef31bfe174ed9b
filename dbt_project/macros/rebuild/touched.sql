{# Which rows a build has to do with: those of the orders that it touches. #}

{#
    `clock` is the column that says how old a row is, in tables that grow with the history:
    snapshot_at, event_time in those of events, or known_from in those of both. Then only rows are searched that are no older than
    the archive's first word on any of these orders.
#}
{% macro are_touched(clock=none) -%}
    (business_product_id, {{ event_order_key() if clock == 'event_time' else 'order_id' }}) in (
        select business_product_id, order_id from {{ ref('touched_orders') }}
    )
    {%- if clock %} and {{ clock }} >= {{ first_word(clock) }}{% endif %}
{%- endmacro %}

{# The earliest time by `clock` at which the lake tells of an order that this build touches. #}
{% macro first_word(clock) -%}
    {%- set first = {
        'event_time': 'first_event_at', 'snapshot_at': 'first_answer_at',
        'known_from': 'least(first_event_at, first_answer_at)'
    }[clock] -%}
    (select {{ first }} from {{ ref('rebuild_bounds') }})
{%- endmacro %}

{# Lake files that can tell of orders that this build touches. #}
{% macro in_files_of_touched(file_id) -%}
    {{ file_id }} >= (select first_file_id from {{ ref('rebuild_bounds') }})
{%- endmacro %}

{#
    Puts the rows of a full build in the order in which days add them: what is near in time lies
    together, and who asks for some days reads little else.
#}
{% macro in_order_of(column) -%}
    {% if not is_incremental() %}order by {{ column }}{% endif %}
{%- endmacro %}
