select
    cast(date_trunc('week', items.shipped_on) as date) as week_start, items.business_product_id,
    items.product_key,
    count(distinct case when items.delivered_at > items.promised_at then items.delivery_id end)
    / cast(nullif(count(distinct case
        when items.delivered_at is not null and items.promised_at is not null
            then items.delivery_id
    end), 0) as double precision) as promise_miss_rate
from marts.fct_delivery_items as items
where
    items.shipped_on is not null
    and coalesce(items.delivery_provider, 'AMAZON') in ('AMAZON', 'PRIME')
group by
    cast(date_trunc('week', items.shipped_on) as date), items.business_product_id, items.product_key
