{{ config(materialized='incremental', incremental_strategy='append') }}
-- Grain: a build and a week in which units of a touched or rekeyed order shipped, as it was known
-- before: the week's figures change when the order does, even if the order has left it. Attempts
-- that failed count too, for they may have changed the order already: all of one build say how far
-- the last successful one had come.
{% set known = load_relation(this.incorporate(path={
    'database': 'bwp', 'schema': 'marts', 'identifier': 'fct_delivery_items'
})) if execute and not flags.FULL_REFRESH %}
with changed as (
    select business_product_id, order_id from {{ ref('stg_touched_orders') }}
    union
    select business_product_id, order_id from {{ ref('stg_rekeyed_orders') }}
)

{% if known %}
select distinct
    {{ built_through() }} as built_through,
    cast({{ dbt.date_trunc('week', 'known.shipped_on') }} as date) as week_start
from {{ known }} as known
inner join changed
    on known.business_product_id = changed.business_product_id
    and known.order_id = changed.order_id
where known.shipped_on is not null
{% else %}
select {{ built_through() }} as built_through, cast(null as date) as week_start
from changed
where 1 = 0
{% endif %}
