-- Grain: an answer of the API about a touched order, without its payload. `payload_number` is of
-- the answer that holds it: one that repeats an earlier payload has only the payload's hash.
with answers as (
    select
        snapshots.snapshot_number, snapshots.business_product_id, snapshots.order_id, snapshots.fetched_at,
        snapshots.api_version, snapshots.status, snapshots.payload_sha256,
        snapshots.has_payload, snapshots.file_state = 'NEW' as is_new
    from {{ ref('stg_order_snapshots') }} as snapshots
    inner join {{ ref('touched_orders') }} as touched
        on snapshots.business_product_id = touched.business_product_id
        and snapshots.order_id = touched.order_id
    where {{ in_files_of_touched('snapshots.file_id') }}
),

payloads as (
    select business_product_id, order_id, payload_sha256, max(snapshot_number) as payload_number
    from answers
    where has_payload
    group by business_product_id, order_id, payload_sha256
)

select
    answers.business_product_id, answers.order_id, answers.fetched_at, answers.api_version,
    answers.status, answers.payload_sha256, answers.is_new, payloads.payload_number,
    row_number() over (
        partition by answers.business_product_id, answers.order_id
        order by
            case when answers.status = 'OK' then 0 else 1 end,
            answers.fetched_at desc nulls last, answers.payload_sha256 nulls last,
            answers.api_version nulls last
    ) as recency
from answers
left join payloads
    on answers.business_product_id = payloads.business_product_id
    and answers.order_id = payloads.order_id
    and answers.payload_sha256 = payloads.payload_sha256
