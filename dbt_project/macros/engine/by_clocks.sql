{#
    Delivery items once for each day that they name, for sums by day: `clock` says which day `day` is,
    ordered, shipped, delivered, cancelled or resolved. Only periods that this build changed.
#}
{% macro items_by_clocks(items, period, clocks) -%}
    {{ return(adapter.dispatch('items_by_clocks', 'bwp')(items, period, clocks)) }}
{%- endmacro %}

{# Each day is looked for in a column of its own, so that what lies elsewhere is not read. #}
{% macro duckdb__items_by_clocks(items, period, clocks) -%}
    {% for clock in clocks %}
    select '{{ clock }}' as clock, {{ clock }}_on as day, items.*
    from {{ of_changed_periods(items, period, clock ~ '_on') }} as items
    where {{ clock }}_on is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
{%- endmacro %}

{# Items are read once, and the periods asked for once. #}
{% macro spark__items_by_clocks(items, period, clocks) -%}
    {%- set on_days -%}
    (
        select clocks.clock, clocks.day, items.*
        from {{ items }} as items
        lateral view stack(
            {{ clocks | length }}
            {%- for clock in clocks -%}, '{{ clock }}', {{ clock }}_on{%- endfor -%}
        ) clocks as clock, day
    )
    {%- endset -%}
    select * from {{ of_changed_periods(on_days, period, 'day') }} where day is not null
{%- endmacro %}
