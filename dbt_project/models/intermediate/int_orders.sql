-- Answers are numbered as they come, so that only payloads from the oldest wanted one on are read. One
-- that several answers gave is parsed once; `first_shown_at` is the earliest of them. The latest good
-- answer counts, unless two of its lines have one id or none: which of them a delivery holds can't
-- be told, so that order is set aside (`meta.orders_set_aside`).
with wanted as (
    select
        business_product_id, order_id, payload_number, min(recency) as recency,
        min(fetched_at) as first_shown_at, max(fetched_at) as fetched_at,
        min_by(api_version, recency) as api_version, bool_or(is_new) as is_new
    from {{ ref('int_answers') }}
    where status = 'OK' and payload_number is not null
    group by business_product_id, order_id, payload_number
),

parsed as (
    select
        wanted.*, {{ parse_payload('answers.payload', order_structure()) }} as content
    from {{ ref('stg_order_snapshots') }} as answers
    inner join wanted on answers.snapshot_number = wanted.payload_number
    where answers.snapshot_number >= (select min(oldest.payload_number) from wanted as oldest)
),

-- What a version names differently is under one name from here on.
named as (
    select
        *,
        coalesce(
            content.metadata.createdAt, content.orderState.createdAt, content.orderState.placedAt
        ) as ordered_text,
        {{ list_where('content.lineItems', 'line', 'line is not null') }} as lines
    from parsed
)

select
    business_product_id, order_id, payload_number, fetched_at as snapshot_at, first_shown_at,
    api_version, is_new,
    recency = 1 as is_newest,
    recency = 1 and coalesce(
        {{ list_length('lines') }}
        = {{ list_length(list_distinct(list_map('lines', 'line', 'line.id'))) }}, true
    ) as is_latest,
    coalesce(
        {{ parse_time('content.metadata.createdAt') }},
        {{ parse_time('content.orderState.createdAt') }},
        {{ parse_time('content.orderState.placedAt') }}
    ) as ordered_at,
    ordered_text,
    coalesce(content.aliases, content.orderAliases) as aliases,
    coalesce(content.packageInformation, content.deliveryInformation).details as deliveries,
    content.cancellations.details as cancellations,
    content.refunds.details as refunds, content.returns.details as returns,
    lines
from named
