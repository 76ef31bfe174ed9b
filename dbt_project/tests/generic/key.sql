{#
    Rows whose key is missing or not unique: a broken key would double figures. `optional` columns
    belong to the key and may be NULL. A fact rebuilds only touched orders, so with `touched` only
    their rows can have broken it, and only they are read; `clock` as in `are_touched`.
#}
{% test key(model, columns, optional=[], touched=false, clock=none) %}
with rows_to_check as (
    select * from {{ model }} as model
    {% if touched %}where {{ are_touched(clock) }}{% endif %}
)

select {{ (columns + optional) | join(', ') }}, count(*) as copies
from rows_to_check
group by {{ (columns + optional) | join(', ') }}
having count(*) > 1
    {% for column in columns %}or {{ column }} is null {% endfor %}
{% endtest %}
