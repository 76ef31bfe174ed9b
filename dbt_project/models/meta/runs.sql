-- From the lake alone, so that a warehouse built anew says the same.
with read as (
    select
        run_id, min(read_at) as first_at, max(read_at) as last_at,
        min(archive_day) as first_archive_day, max(archive_day) as last_archive_day,
        count(object_key) as objects_read, sum(events) as events, sum(others) as others,
        sum(quarantined) as quarantined
    from {{ ref('stg_archive_objects') }}
    where run_id is not null
    group by run_id
),

fetched as (
    select
        run_id, min(fetched_at) as first_at, max(fetched_at) as last_at, count(*) as orders_asked,
        sum(case when status = 'OK' then 1 else 0 end) as orders_ok
    from {{ ref('stg_order_snapshots') }}
    where run_id is not null and file_state <> 'RETIRED'
    group by run_id
),

run_ids as (
    select run_id from read
    union
    select run_id from fetched
)

select
    run_ids.run_id,
    least(coalesce(read.first_at, fetched.first_at), coalesce(fetched.first_at, read.first_at))
        as first_at,
    greatest(coalesce(read.last_at, fetched.last_at), coalesce(fetched.last_at, read.last_at))
        as last_at,
    read.first_archive_day, read.last_archive_day,
    coalesce(read.objects_read, 0) as objects_read,
    cast(coalesce(read.events, 0) as bigint) as events,
    cast(coalesce(read.others, 0) as bigint) as others,
    cast(coalesce(read.quarantined, 0) as bigint) as quarantined,
    coalesce(fetched.orders_asked, 0) as orders_asked,
    cast(coalesce(fetched.orders_ok, 0) as bigint) as orders_ok
from run_ids
left join read on run_ids.run_id = read.run_id
left join fetched on run_ids.run_id = fetched.run_id
