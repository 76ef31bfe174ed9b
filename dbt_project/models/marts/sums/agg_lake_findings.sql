-- What of the archive could not be used.
select 'unknown_records' as check_name, objects.object_key as example, objects.unknown as records
from {{ ref('stg_archive_objects') }} as objects
where objects.unknown > 0
union all
select 'quarantined_records' as check_name, object_key as example, 1 as records
from {{ ref('stg_quarantine') }}
union all
select check_name, example, records
from {{ ref('stg_lake_gaps') }}
