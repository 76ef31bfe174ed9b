-- Grain: an OK answer about a touched order, parsed: the latest (recency 1), and those in files that
-- no build has covered yet, for the identifiers in them. Answers are numbered as they come, so that
-- only payloads from the oldest wanted one on are read.
with wanted as (
    select business_product_id, order_id, fetched_at, api_version, recency, payload_number
    from {{ ref('int_answers') }}
    where status = 'OK' and payload_number is not null
        and (recency = 1 or is_new {% if flags.FULL_REFRESH %}or true{% endif %})
),

parsed as (
    select
        wanted.business_product_id, wanted.order_id, wanted.fetched_at, wanted.api_version,
        wanted.recency, from_json(answers.payload, {{ order_structure() }}) as content
    from {{ ref('stg_order_snapshots') }} as answers
    inner join wanted on answers.snapshot_number = wanted.payload_number
    where answers.snapshot_number >= (select min(payload_number) from wanted)
)

-- What a version names differently is under one name from here on.
select
    business_product_id, order_id, fetched_at as snapshot_at, api_version, recency,
    coalesce(
        {{ parse_time('content.metadata.createdAt') }},
        {{ parse_time('content.orderState.createdAt') }},
        {{ parse_time('content.orderState.placedAt') }}
    ) as ordered_at,
    coalesce(content.aliases, content.orderAliases) as aliases,
    coalesce(content.packageInformation, content.deliveryInformation).details as deliveries,
    content.cancellations.details as cancellations,
    content.refunds.details as refunds, content.returns.details as returns,
    list_filter(content.lineItems, lambda line: line is not null) as lines
from parsed
