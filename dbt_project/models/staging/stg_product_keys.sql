-- Grain: business_product_id, product_id. The one mapping from product ids to product keys; among
-- several identifiers of the best kind, the one last seen.
with ranked as (
    select
        business_product_id, product_id, sku, external_id, amazon_sku, last_seen_at,
        row_number() over (
            partition by business_product_id, product_id
            order by
                case
                    when sku is not null then 0
                    when external_id is not null then 1
                    when amazon_sku is not null then 2
                    else 3
                end,
                last_seen_at desc, sku, external_id, amazon_sku
        ) as preference
    from (
        select
            business_product_id, product_id, sku, external_id, amazon_sku,
            max(last_seen_at) as last_seen_at
        from {{ ref('stg_product_sightings') }}
        group by business_product_id, product_id, sku, external_id, amazon_sku
    ) as distinct_sightings
)

select
    business_product_id, product_id, sku, external_id, amazon_sku,
    coalesce(sku, external_id, amazon_sku, product_id) as product_key
from ranked
where preference = 1
