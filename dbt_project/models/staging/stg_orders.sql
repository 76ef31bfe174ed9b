-- Grain: an OK answer about a touched order, parsed; the latest has recency 1.
select
    business_product_id, order_id, fetched_at as snapshot_at, api_version, recency,
    from_json(payload, {{ order_structure() }}) as parsed
from {{ ref('stg_snapshots') }}
where status = 'OK' and payload is not null
