with ranked as (
    select
        business_product_id, product_key, sku, product_title, unit_price, currency_code,
        row_number() over (
            partition by business_product_id, product_key
            order by
                ordered_at desc nulls last, case when product_title is null then 1 else 0 end,
                order_id, line_item_id, delivery_id
        ) as recency
    from {{ ref('fct_delivery_items') }}
    where product_key is not null
),

counted as (
    select
        business_product_id, product_key, count(distinct order_id) as orders,
        count(distinct product_id) as product_ids,
        min(ordered_at) as first_ordered_at, max(ordered_at) as last_ordered_at
    from {{ ref('fct_delivery_items') }}
    where product_key is not null
    group by business_product_id, product_key
),

identifiers as (
    select
        business_product_id, product_key, max(sku) as sku, max(external_id) as external_id,
        max(amazon_sku) as amazon_sku
    from {{ ref('stg_product_keys') }}
    group by business_product_id, product_key
)

select
    counted.business_product_id, counted.product_key, coalesce(ranked.sku, identifiers.sku) as sku,
    identifiers.external_id,
    identifiers.amazon_sku, ranked.product_title, ranked.unit_price, ranked.currency_code,
    counted.product_ids, counted.orders, counted.first_ordered_at, counted.last_ordered_at
from counted
inner join ranked
    on counted.business_product_id = ranked.business_product_id
    and counted.product_key = ranked.product_key
    and ranked.recency = 1
left join identifiers
    on counted.business_product_id = identifiers.business_product_id
    and counted.product_key = identifiers.product_key
