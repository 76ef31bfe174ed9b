-- Grain: an order (or, for events without one, a resource) named in lake files that no build has
-- covered yet, or in event files that the lake has no more. Marts rebuild exactly these.
-- `order_number` is short and stands for both columns where all orders are searched; files are
-- numbered as they come.
with named as (
    select business_product_id, order_key as order_id, file_id
    from {{ ref('stg_events') }}
    where
        business_product_id is not null
        {% if not flags.FULL_REFRESH %}and file_state in ('NEW', 'RETIRED'){% endif %}
    union all
    select snapshots.business_product_id, snapshots.order_id, snapshots.file_id
    from {{ source('lake', 'lake_order_snapshots') }} as snapshots
    inner join {{ source('run', 'lake_files') }} as files on snapshots.file_id = files.file_id
    {% if not flags.FULL_REFRESH %}where files.state = 'NEW'{% endif %}
)

select
    business_product_id, order_id, md5_number_lower(business_product_id || '/' || order_id) as order_number,
    min(file_id) as file_id
from named
group by business_product_id, order_id
