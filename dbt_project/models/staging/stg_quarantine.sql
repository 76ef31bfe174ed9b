-- Records of files that the lake still has.
select records.object_key, records.reason, records.error
from {{ source('lake', 'lake_quarantine') }} as records
inner join {{ source('run', 'lake_files') }} as files
    on records.file_id = files.file_id and files.state <> 'RETIRED'
