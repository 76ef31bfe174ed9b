-- Grain: business_product_id, product_key, day. What the model of demand reads of a product's day.
select
    business_product_id, product_key, day,
    cast(count(*) as double precision) as orders, coalesce(sum(units), 0) as units,
    cast(sum(shipped) as double precision) as shipped,
    cast(sum(direct) as double precision) as direct,
    cast(sum(declared) as double precision) as declared
from {{ ref('agg_decided_orders') }}
cross join {{ ref('stg_run_settings') }} as run
where day <= run.last_day
group by business_product_id, product_key, day
