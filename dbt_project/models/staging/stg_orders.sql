-- Grain: an OK answer about a touched order, parsed: the latest (recency 1), and those in files that
-- no build has covered yet, for the identifiers in them. Files are numbered as they come, so that
-- only those from the oldest wanted one on are read.
with wanted as (
    select business_product_id, order_id, fetched_at, api_version, payload_sha256, recency, payload_file_id
    from {{ ref('stg_snapshots') }}
    where status = 'OK' and payload_file_id is not null
        and (recency = 1 or is_new {% if flags.FULL_REFRESH %}or true{% endif %})
),

payloads as (
    select file_id, business_product_id, order_id, payload_sha256, max(payload) as payload
    from {{ source('lake', 'lake_order_snapshots') }}
    where
        payload is not null
        and file_id >= (select min(payload_file_id) from wanted)
        and file_id in (select payload_file_id from wanted)
    group by file_id, business_product_id, order_id, payload_sha256
),

parsed as (
    select
        wanted.business_product_id, wanted.order_id, wanted.fetched_at, wanted.api_version,
        wanted.recency, from_json(payloads.payload, {{ order_structure() }}) as content
    from wanted
    inner join payloads
        on wanted.payload_file_id = payloads.file_id
        and wanted.business_product_id = payloads.business_product_id
        and wanted.order_id = payloads.order_id
        and wanted.payload_sha256 = payloads.payload_sha256
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
    content.returns.details as returns,
    list_filter(content.lineItems, lambda line: line is not null) as lines
from parsed
