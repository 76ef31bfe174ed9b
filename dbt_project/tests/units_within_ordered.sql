{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'fct_delivery_items'}}}) }}
-- A line's deliveries hold at most the units ordered. Warns: the merchant's data may contradict
-- itself; such orders are kept and counted in reports.data_quality.
select business_product_id, order_id, line_item_id
from {{ ref('fct_delivery_items') }}
where {{ are_touched('snapshot_at') }}
group by business_product_id, order_id, line_item_id
having sum(units) > max(ordered_units)
