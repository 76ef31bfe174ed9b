-- Grain: an order, not touched itself, with an item whose product id has another key now than when
-- the order was built: an identifier has come to light since.
{% set built = load_relation(this.incorporate(path={'identifier': 'stg_built_keys'}))
    if execute and not flags.FULL_REFRESH %}
{% set known = load_relation(this.incorporate(path={
    'database': 'bwp', 'schema': 'marts', 'identifier': 'fct_delivery_items'
})) if built %}
{% if known %}
with rekeyed as (
    select keys.business_product_id, keys.product_id
    from {{ ref('stg_product_keys') }} as keys
    inner join {{ built }} as built
        on keys.business_product_id = built.business_product_id
        and keys.product_id = built.product_id
    where keys.product_key <> built.product_key
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
