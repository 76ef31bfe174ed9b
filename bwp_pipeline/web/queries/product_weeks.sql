-- One row per week (Monday) of the last half year in which a unit of the product was decided.
select
    cast(date_trunc('week', coalesce(cancelled_on, resolved_on)) as date) as week_start,
    coalesce(sum(units) filter (where state in ('IN_TRANSIT', 'DELIVERED')), 0) as shipped_units,
    coalesce(sum(units) filter (where root_cause = 'STOCK'), 0) as unfulfilled_units,
    coalesce(sum(units) filter (where state = 'CANCELLED' and root_cause <> 'STOCK'), 0)
        as other_cancelled_units
from marts.fct_delivery_items
where
    business_product_id = $store and product_key = $product_key
    and coalesce(cancelled_on, resolved_on) > $last_day - 182
    and coalesce(delivery_provider, 'AMAZON') in ('AMAZON', 'PRIME')
group by all
order by week_start desc
