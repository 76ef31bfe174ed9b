{#
    Values outside a documented list. The API may add some at any time: they pass through, and this
    only tells of them. With `touched`, only rows that this run rebuilt are read.
#}
{% test listed(model, column_name, values, touched=false) %}
select distinct {{ column_name }} as unseen
from {{ model }}
where
    {{ column_name }} not in ('{{ values | join("', '") }}')
    {% if touched %}
    and (business_product_id, order_id) in (
        select business_product_id, order_id from {{ ref('stg_touched_orders') }}
    )
    {% endif %}
{% endtest %}
