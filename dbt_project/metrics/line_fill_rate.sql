with eligible as (
    select
        resolved_on as day, business_product_id, order_id || '/' || line_item_id as id, units,
        1 as is_eligible, 0 as is_unfulfilled
    from marts.fct_delivery_items
    where
        resolved_on is not null
        and coalesce(root_cause, '')
        not in ('SHOPPER_CHOICE', 'SHOPPER_MISTAKE', 'ADDRESS', 'PAYMENT')
        and coalesce(delivery_provider, 'AMAZON') in ('AMAZON', 'PRIME')
    union all
    select
        cancelled_on as day, business_product_id, order_id || '/' || line_item_id as id, units,
        0 as is_eligible, 1 as is_unfulfilled
    from marts.fct_delivery_items
    where
        root_cause = 'STOCK' and cancelled_on is not null
        and coalesce(delivery_provider, 'AMAZON') in ('AMAZON', 'PRIME')
)

select
    day, business_product_id,
    1 - count(distinct case when is_unfulfilled = 1 then id end)
    / cast(count(distinct id) as double precision) as line_fill_rate
from eligible
group by day, business_product_id
