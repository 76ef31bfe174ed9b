{{ config(materialized='incremental', incremental_strategy='append') }}
-- Grain: a run and identifiers that its new answers gave for a product id. All answers count, not
-- only the latest: an identifier once seen stays known. Seeing the same again changes nothing.
select
    lines.business_product_id, lines.product_id, lines.sku, lines.external_id, lines.amazon_sku,
    bounds.built_through, max(lines.snapshot_at) as last_seen_at
from {{ ref('int_lines') }} as lines
cross join {{ ref('rebuild_bounds') }} as bounds
where lines.product_id is not null and (lines.is_new or lines.is_latest)
group by
    lines.business_product_id, lines.product_id, lines.sku, lines.external_id, lines.amazon_sku,
    bounds.built_through
