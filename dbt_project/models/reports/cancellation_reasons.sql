-- Sku and title are those of the product now, so that a renamed product stays one row.
select
    cancellations.cancelled_on, cancellations.business_product_id, cancellations.product_key,
    cancellations.delivery_reason, cancellations.request_reason, cancellations.root_cause,
    cancellations.currency_code, products.sku, products.product_title,
    cast(cancellations.cancelled_units as decimal(18, 3)) as cancelled_units,
    cancellations.cancelled_orders,
    cast(cancellations.lost_sales as decimal(18, 4)) as lost_sales
from {{ ref('agg_daily_cancellations') }} as cancellations
left join {{ ref('dim_products') }} as products
    on cancellations.business_product_id = products.business_product_id
    and cancellations.product_key = products.product_key
