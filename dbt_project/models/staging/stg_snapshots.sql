-- Grain: an answer of the API about a touched order. An answer that repeats an earlier payload has
-- only its hash in the lake: the payload is taken from where it was first seen.
with touched as (
    select snapshots.*
    from {{ source('lake', 'lake_order_snapshots') }} as snapshots
    inner join {{ ref('stg_touched_orders') }} as touched
        on snapshots.business_product_id = touched.business_product_id
        and snapshots.order_id = touched.order_id
    inner join {{ source('run', 'lake_files') }} as files
        on snapshots.file_id = files.file_id and files.state <> 'RETIRED'
),

payloads as (
    select business_product_id, order_id, payload_sha256, max(payload) as payload
    from touched
    where payload is not null
    group by business_product_id, order_id, payload_sha256
)

select
    touched.business_product_id, touched.order_id, touched.fetched_at, touched.api_version,
    touched.status, coalesce(touched.payload, payloads.payload) as payload,
    row_number() over (
        partition by touched.business_product_id, touched.order_id
        order by
            case when touched.status = 'OK' then 0 else 1 end,
            touched.fetched_at desc, touched.payload_sha256, touched.api_version
    ) as recency
from touched
left join payloads
    on touched.business_product_id = payloads.business_product_id
    and touched.order_id = payloads.order_id
    and touched.payload_sha256 = payloads.payload_sha256
