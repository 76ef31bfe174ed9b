{# How one event is told from another. The only place for both rules. #}

{#
    What an event is rebuilt by: its order; where it names none, what it is about, and for changes
    that recur the day as well.
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
