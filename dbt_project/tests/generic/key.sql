{#
    Rows whose key is missing or not unique: a broken key would double figures. `optional` columns
    belong to the key and may be NULL. A fact rebuilds only touched orders, so with `touched` only
    their rows can have broken it, and only they are read.
#}
{% test key(model, columns, optional=[], touched=false) %}
with rows_to_check as (
    select * from {{ model }} as model
    {% if touched %}
    where (business_product_id, order_id) in (
        select business_product_id, order_id from {{ ref('stg_touched_orders') }}
    )
    {% endif %}
)

select {{ (columns + optional) | join(', ') }}, count(*) as copies
from rows_to_check
group by {{ (columns + optional) | join(', ') }}
having count(*) > 1
    {% for column in columns %}or {{ column }} is null {% endfor %}
{% endtest %}
