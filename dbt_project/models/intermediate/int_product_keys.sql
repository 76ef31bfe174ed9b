-- The one mapping from product ids to product keys; among several identifiers of the best kind, the
-- one last seen. `built_key` is what the mapping was when a build last succeeded, NULL for a product
-- that was unknown then: what a failed build left undone is found again.
with sightings as (
    select
        sightings.business_product_id, sightings.product_id, sightings.sku, sightings.external_id,
        sightings.amazon_sku, sightings.last_seen_at,
        sightings.built_through < bounds.built_through as is_built
    from {{ ref('int_product_sightings') }} as sightings
    cross join {{ ref('rebuild_bounds') }} as bounds
),

either as (
    select 'now' as mapping, * from sightings
    union all
    select 'built' as mapping, * from sightings where is_built
),

identified as (
    select
        mapping, business_product_id, product_id, sku, external_id, amazon_sku,
        max(last_seen_at) as last_seen_at
    from either
    group by mapping, business_product_id, product_id, sku, external_id, amazon_sku
),

ranked as (
    select
        *,
        row_number() over (
            partition by mapping, business_product_id, product_id
            order by
                case
                    when sku is not null then 0
                    when external_id is not null then 1
                    when amazon_sku is not null then 2
                    else 3
                end,
                last_seen_at desc nulls last, sku nulls last, external_id nulls last,
                amazon_sku nulls last
        ) as preference
    from identified
)

select
    now.business_product_id, now.product_id, now.sku, now.external_id, now.amazon_sku,
    coalesce(now.sku, now.external_id, now.amazon_sku, now.product_id) as product_key,
    coalesce(built.sku, built.external_id, built.amazon_sku, built.product_id) as built_key
from ranked as now
left join ranked as built
    on now.business_product_id = built.business_product_id
    and now.product_id = built.product_id
    and built.mapping = 'built'
    and built.preference = 1
where now.mapping = 'now' and now.preference = 1
