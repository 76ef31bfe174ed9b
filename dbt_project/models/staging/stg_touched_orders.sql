-- Grain: an order (or, for events without one, a resource) named in lake files that no build has
-- covered yet, or that the lake has no more. Marts rebuild exactly these.
{% set everything = flags.FULL_REFRESH %}
select distinct business_product_id, order_key as order_id
from {{ ref('stg_events') }}
where business_product_id is not null {% if not everything %}and (is_new or is_retired){% endif %}
union
select distinct snapshots.business_product_id, snapshots.order_id
from {{ source('lake', 'lake_order_snapshots') }} as snapshots
{% if not everything %}
inner join {{ source('run', 'lake_files') }} as files on snapshots.file_id = files.file_id
where files.state in ('NEW', 'RETIRED')
{% endif %}
