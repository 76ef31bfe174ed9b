{{ config(materialized='ephemeral') }}
-- Grain: a touched order: what its latest answer says of it as a whole, and when it was asked for.
with answers as (
    select
        business_product_id, order_id,
        max(fetched_at) as last_fetched_at,
        count(*) as fetches
    from {{ ref('int_answers') }}
    group by business_product_id, order_id
),

newest as (
    select
        business_product_id, order_id, status as last_status,
        row_number() over (
            partition by business_product_id, order_id order by fetched_at desc nulls last, status nulls last
        ) as recency
    from {{ ref('int_answers') }}
),

headers as (
    select
        business_product_id, order_id, snapshot_at, api_version, ordered_at,
        {{ least_struct(list_map(
            list_where('aliases', 'alias', "alias.aliasId <> ''"),
            'alias', struct(kind=null_last('alias.aliasType'), id='alias.aliasId')
        )) }}.id as order_alias
    from {{ ref('int_orders') }}
    where is_newest
)

select
    touched.business_product_id, touched.order_id, headers.order_alias, headers.ordered_at,
    headers.snapshot_at, headers.api_version, newest.last_status, answers.last_fetched_at,
    coalesce(answers.fetches, 0) as fetches
from {{ ref('touched_orders') }} as touched
left join headers
    on touched.business_product_id = headers.business_product_id
    and touched.order_id = headers.order_id
left join answers
    on touched.business_product_id = answers.business_product_id
    and touched.order_id = answers.order_id
left join newest
    on touched.business_product_id = newest.business_product_id
    and touched.order_id = newest.order_id
    and newest.recency = 1
