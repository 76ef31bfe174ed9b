{{ config(materialized='incremental', incremental_strategy='replace_orders') }}
-- depends_on: {{ ref('stg_touched_orders') }}
-- Grain: identifiers that some answer about an order gave for a product id. All answers count, not
-- only the latest: an identifier once seen stays known.
select
    business_product_id, order_id, product_id, sku, external_id, amazon_sku,
    max(snapshot_at) as last_seen_at
from {{ ref('stg_lines') }}
where product_id is not null
group by business_product_id, order_id, product_id, sku, external_id, amazon_sku
