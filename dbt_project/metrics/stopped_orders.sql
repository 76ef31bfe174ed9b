select
    items.resolved_on as day, items.business_product_id,
    coalesce(items.currency_code, currencies.currency_code) as currency_code,
    count(distinct items.order_id) as stopped_orders
from marts.fct_delivery_items as items
left join reports.store_currencies as currencies
    on items.business_product_id = currencies.business_product_id
where items.resolved_on is not null and items.root_cause is not null and items.shipped_at is null
group by
    items.resolved_on, items.business_product_id,
    coalesce(items.currency_code, currencies.currency_code)
