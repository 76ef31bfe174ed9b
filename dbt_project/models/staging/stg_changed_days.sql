{{ config(materialized='incremental', incremental_strategy='append') }}
-- Grain: a build and a day whose figures it may have changed, by any clock: days that touched and
-- rekeyed orders named before or name now.
with changed as (
    select business_product_id, order_id from {{ ref('stg_touched_orders') }}
    union
    select business_product_id, order_id from {{ ref('stg_rekeyed_orders') }}
)

select built_through, day
from {{ ref('stg_former_days') }}
where built_through = {{ built_through() }}
union
select
    {{ built_through() }} as built_through,
    coalesce(day, {{ unknown_day() }}) as day
from (
    {{ days_of_changed(ref('fct_delivery_items'), ref('dim_orders'), ref('fct_events')) }}
)
