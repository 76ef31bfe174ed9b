select
    cast(date_trunc('week', items.shipped_on) as date) as week_start, items.business_product_id,
    items.product_key,
    sum(
        case
            when items.state = 'CANCELLED' and items.delivery_reason = 'UNDELIVERABLE'
                then items.units
            else 0
        end
    ) / cast(nullif(sum(items.units), 0) as double precision) as undeliverable_rate
from marts.fct_delivery_items as items
where
    items.shipped_on is not null
    and coalesce(items.delivery_provider, 'AMAZON') in ('AMAZON', 'PRIME')
group by
    cast(date_trunc('week', items.shipped_on) as date), items.business_product_id, items.product_key
