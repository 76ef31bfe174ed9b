{{ config(materialized='incremental', incremental_strategy='append') }}
-- Grain: a build and a day that a touched or rekeyed order named before: figures of that day change
-- when the order does, even if the order has left it. Attempts that failed count too, for they may
-- have changed the order already: all of one build say how far the last successful one had come.
-- depends_on: {{ ref('stg_touched_since') }}
{% set known = {} %}
{% for name in ['fct_delivery_items', 'dim_orders', 'fct_events'] if execute and not flags.FULL_REFRESH %}
    {% do known.update({name: load_relation(this.incorporate(path={
        'database': 'bwp', 'schema': 'marts', 'identifier': name
    }))}) %}
{% endfor %}
with changed as (
    select business_product_id, order_id from {{ ref('stg_touched_orders') }}
    union
    select business_product_id, order_id from {{ ref('stg_rekeyed_orders') }}
)

select distinct
    {{ built_through() }} as built_through,
    coalesce(day, {{ unknown_day() }}) as day
from (
    {{ days_of_changed(known.fct_delivery_items, known.dim_orders, known.fct_events) }}
)
