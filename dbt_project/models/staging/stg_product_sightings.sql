{{ config(materialized='incremental', incremental_strategy='append') }}
-- Grain: a run and identifiers that its new answers gave for a product id. All answers count, not
-- only the latest: an identifier once seen stays known. Seeing the same again changes nothing.
select
    business_product_id, product_id, sku, external_id, amazon_sku,
    max(snapshot_at) as last_seen_at
from {{ ref('stg_lines') }}
where product_id is not null
group by business_product_id, product_id, sku, external_id, amazon_sku
