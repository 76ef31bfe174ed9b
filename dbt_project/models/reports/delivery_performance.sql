select
    weeks.week_start, weeks.business_product_id, weeks.product_key, products.sku,
    products.product_title, weeks.shipped_deliveries, weeks.shipped_units, weeks.delivered_units,
    weeks.undeliverable_units,
    {{ ratio('weeks.undeliverable_units', 'weeks.shipped_units') }} as undeliverable_rate,
    weeks.order_to_ship_hours_p50, weeks.order_to_ship_hours_p90, weeks.ship_to_deliver_hours_p50,
    weeks.ship_to_deliver_hours_p90, weeks.promised_deliveries, weeks.late_deliveries,
    {{ ratio('weeks.late_deliveries', 'weeks.promised_deliveries') }} as promise_miss_rate
from {{ ref('agg_weekly_deliveries') }} as weeks
left join {{ ref('dim_products') }} as products
    on weeks.business_product_id = products.business_product_id
    and weeks.product_key = products.product_key
