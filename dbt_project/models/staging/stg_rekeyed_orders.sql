-- Grain: an order, not touched itself, with an item whose product id has another key now than when
-- the order was built: an identifier has come to light since.
{% set known = load_relation(this.incorporate(path={
    'database': 'bwp', 'schema': 'marts', 'identifier': 'fct_delivery_items'
})) if execute and not flags.FULL_REFRESH %}
{% if known %}
select distinct known.business_product_id, known.order_id
from {{ known }} as known
inner join {{ ref('stg_product_keys') }} as keys
    on known.business_product_id = keys.business_product_id
    and known.product_id = keys.product_id
where known.product_key <> keys.product_key
except
select business_product_id, order_id from {{ ref('stg_touched_orders') }}
{% else %}
-- depends_on: {{ ref('stg_product_keys') }}
select business_product_id, order_id from {{ ref('stg_touched_orders') }} where 1 = 0
{% endif %}
