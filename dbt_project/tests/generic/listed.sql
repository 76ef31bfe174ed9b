{#
    Values outside a documented list. The API may add some at any time: they pass through, and this
    only tells of them. With `touched`, only rows that this run rebuilt are read; `clock` as in
    `are_touched`.
#}
{% test listed(model, column_name, values, touched=false, clock=none) %}
select distinct {{ column_name }} as unseen
from {{ model }}
where
    {{ column_name }} not in ('{{ values | join("', '") }}')
    {% if touched %}and {{ are_touched(clock) }}{% endif %}
{% endtest %}
