-- One row per store: orders that events name, those whose items are known, and archived events.
with orders as (
    select
        business_product_id,
        count(*) as orders,
        count(snapshot_at) as known_orders
    from marts.dim_orders
    group by business_product_id
),

events as (
    select
        business_product_id,
        count(*) as events,
        cast(sum(copies - 1) as bigint) as duplicates
    from marts.fct_events
    where business_product_id is not null
    group by business_product_id
)

select
    coalesce(o.business_product_id, e.business_product_id) as business_product_id,
    null as currency_code,
    coalesce(o.orders, 0) as orders,
    coalesce(o.known_orders, 0) as known_orders,
    coalesce(e.events, 0) as events,
    coalesce(e.duplicates, 0) as duplicates
from orders as o
full join events as e on o.business_product_id = e.business_product_id
order by business_product_id
