{{ replaces_periods('day', 'day', ['fct_delivery_items']) }}
-- Grain: business_product_id, product_key, day. What the model of demand reads of a product's day.
select
    business_product_id, product_key, day,
    cast(count(*) as double) as orders, coalesce(sum(units), 0) as units,
    cast(sum(shipped) as double) as shipped,
    cast(sum(direct) as double) as direct,
    cast(sum(declared) as double) as declared
from {{ of_changed_periods(ref('agg_decided_orders'), 'day', 'day') }} as orders
group by business_product_id, product_key, day
