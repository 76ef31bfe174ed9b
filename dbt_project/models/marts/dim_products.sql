-- UNKNOWN is a member for each store, so that joins lose nothing.
with described as (
    select
        business_product_id, product_key, sku, product_title,
        case when product_key <> 'UNKNOWN' then unit_price end as unit_price,
        case when product_key <> 'UNKNOWN' then currency_code end as currency_code,
        min(first_ordered_at) as first_ordered_at, max(last_ordered_at) as last_ordered_at
    from {{ ref('agg_weekly_products') }}
    group by all
    union all
    select distinct
        business_product_id, 'UNKNOWN', cast(null as string), cast(null as string),
        cast(null as decimal(18, 4)), cast(null as string), cast(null as timestamp),
        cast(null as timestamp)
    from {{ ref('agg_weekly_products') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by business_product_id, product_key
            order by
                last_ordered_at desc nulls last, product_title nulls last, sku nulls last,
                unit_price nulls last, currency_code nulls last
        ) as recency,
        min(first_ordered_at) over (partition by business_product_id, product_key)
            as product_first_ordered_at
    from described
),

counted as (
    select business_product_id, product_key, cast(sum(orders) as bigint) as orders
    from {{ ref('agg_weekly_product_orders') }}
    group by business_product_id, product_key
),

identifiers as (
    select
        business_product_id, product_key, max(sku) as sku, max(external_id) as external_id,
        max(amazon_sku) as amazon_sku, count(*) as product_ids
    from {{ ref('int_product_keys') }}
    group by business_product_id, product_key
)

select
    ranked.business_product_id, ranked.product_key, coalesce(ranked.sku, identifiers.sku) as sku,
    identifiers.external_id, identifiers.amazon_sku, ranked.product_title, ranked.unit_price,
    ranked.currency_code, coalesce(identifiers.product_ids, 0) as product_ids,
    coalesce(counted.orders, 0) as orders,
    ranked.product_first_ordered_at as first_ordered_at, ranked.last_ordered_at
from ranked
left join counted
    on ranked.business_product_id = counted.business_product_id
    and ranked.product_key = counted.product_key
left join identifiers
    on ranked.business_product_id = identifiers.business_product_id
    and ranked.product_key = identifiers.product_key
where ranked.recency = 1
