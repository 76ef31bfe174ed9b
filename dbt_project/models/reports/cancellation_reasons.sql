-- Sku and title are those of the product now, so that a renamed product stays one row.
select
    items.cancelled_on, items.business_product_id,
    coalesce(items.product_key, 'UNKNOWN') as product_key,
    items.delivery_reason, items.request_reason, items.root_cause, items.currency_code,
    max(products.sku) as sku, max(products.product_title) as product_title,
    cast(sum(items.units) as decimal(18, 3)) as cancelled_units,
    count(distinct items.order_id) as cancelled_orders,
    cast(sum(items.units * items.unit_price) as decimal(18, 4)) as lost_sales
from {{ ref('fct_delivery_items') }} as items
left join {{ ref('dim_products') }} as products
    on items.business_product_id = products.business_product_id
    and items.product_key = products.product_key
where items.root_cause is not null
group by
    items.cancelled_on, items.business_product_id, coalesce(items.product_key, 'UNKNOWN'),
    items.delivery_reason, items.request_reason, items.root_cause, items.currency_code
