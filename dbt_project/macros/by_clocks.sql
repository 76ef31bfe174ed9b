{#
    Delivery items once for each day that they name, for sums by day: `clock` says which day `day` is,
    ordered, shipped, delivered, cancelled or resolved. Only periods that this build changed.
#}
{% macro items_by_clocks(items, period, clocks) -%}
    {% for clock in clocks %}
    select '{{ clock }}' as clock, {{ clock }}_on as day, items.*
    from {{ of_changed_periods(items, period, clock ~ '_on') }} as items
    where {{ clock }}_on is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
{%- endmacro %}
