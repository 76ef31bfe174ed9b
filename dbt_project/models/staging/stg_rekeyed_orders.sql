-- Grain: an order, not touched itself, with an item whose product id has another key now than when
-- the order was built: an identifier has come to light since.
{% set known = load_relation(this.incorporate(path={
    'database': 'bwp', 'schema': 'marts', 'identifier': 'fct_delivery_items'
})) if execute and not flags.FULL_REFRESH %}
{% if known %}
with known_keys as (
    select distinct business_product_id, product_id, product_key from {{ known }}
),

rekeyed as (
    select known_keys.business_product_id, known_keys.product_id
    from known_keys
    inner join {{ ref('stg_product_keys') }} as keys
        on known_keys.business_product_id = keys.business_product_id
        and known_keys.product_id = keys.product_id
    where known_keys.product_key <> keys.product_key
)

select business_product_id, order_id, min(snapshot_at) as snapshot_at
from {{ known }}
where
    (business_product_id, product_id) in (select business_product_id, product_id from rekeyed)
    and (business_product_id, order_id) not in (
        select business_product_id, order_id from {{ ref('stg_touched_orders') }}
    )
group by business_product_id, order_id
{% else %}
-- depends_on: {{ ref('stg_product_keys') }}
select business_product_id, order_id, cast(null as timestamp) as snapshot_at
from {{ ref('stg_touched_orders') }}
where 1 = 0
{% endif %}
