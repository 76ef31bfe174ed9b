select
    cast(date_trunc('week', items.shipped_on) as date) as week_start, items.business_product_id,
    items.product_key,
    percentile_cont(0.5) within group (
        order by date_diff('second', items.shipped_at, items.delivered_at) / 3600.0
    ) as ship_to_deliver_hours_p50
from marts.fct_delivery_items as items
where
    items.shipped_on is not null
    and coalesce(items.delivery_provider, 'AMAZON') in ('AMAZON', 'PRIME')
group by
    cast(date_trunc('week', items.shipped_on) as date), items.business_product_id, items.product_key
