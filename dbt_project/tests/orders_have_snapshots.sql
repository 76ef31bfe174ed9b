{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'dim_orders'}}}) }}
-- Orders that events name have a snapshot. Warns: an order may be unknown or refused; the next run
-- asks again for what was unavailable.
select business_product_id, order_id
from {{ ref('dim_orders') }}
where snapshot_at is null
