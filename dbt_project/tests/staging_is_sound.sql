{{ config(meta={'dagster': {'ref': {'name': 'fct_events'}}}) }}
-- What loading promises of the rows behind the door. Blocks: nothing above would be right. Of tables
-- that grow with the history, the files that no build has covered yet.
select 'stg_files: a number twice' as broken_promise, cast(file_id as string) as example
from {{ ref('stg_files') }}
group by file_id
having count(*) > 1
union all
select 'stg_files: an unknown state', state
from {{ ref('stg_files') }}
where state is null or state not in ('NEW', 'BUILT', 'RETIRED')
union all
select 'stg_events: no type or no time', business_product_id
from {{ ref('stg_events') }}
where file_state = 'NEW' and (event_type is null or event_time is null)
union all
select 'stg_order_snapshots: no order, time or status', order_id
from {{ ref('stg_order_snapshots') }}
where
    file_state = 'NEW'
    and (business_product_id is null or order_id is null or fetched_at is null or status is null)
union all
select 'stg_order_snapshots: a number twice', min(order_id)
from {{ ref('stg_order_snapshots') }}
where file_state = 'NEW'
group by snapshot_number
having count(*) > 1
union all
select 'stg_archive_objects: no key or a negative count', object_key
from {{ ref('stg_archive_objects') }}
where object_key is null or least(events, others, quarantined, unknown) < 0
union all
select 'stg_quarantine: no object', error
from {{ ref('stg_quarantine') }}
where object_key is null
union all
select 'stg_told_stock: no product, no time or nothing told', business_product_id
from {{ ref('stg_told_stock') }}
where
    coalesce(product_id, product_key) is null or told_at is null
    or coalesce(cast(buyable_units as string), buyability) is null
union all
select 'stg_lake_gaps: no check or a negative count', example
from {{ ref('stg_lake_gaps') }}
where check_name is null or records < 0
union all
select 'stg_run_settings: not one row', cast(count(*) as string)
from {{ ref('stg_run_settings') }}
having count(*) <> 1
union all
select 'stg_stores: a store twice', business_product_id
from {{ ref('stg_stores') }}
group by business_product_id
having count(*) > 1
