-- Objects of files that the lake still has.
select
    objects.object_key, files.archive_day, objects.events, objects.others, objects.unknown,
    objects.quarantined, objects.read_at, objects.run_id
from {{ source('lake', 'lake_objects') }} as objects
inner join {{ source('run', 'lake_files') }} as files
    on objects.file_id = files.file_id and files.state <> 'RETIRED'
