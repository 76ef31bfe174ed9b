-- A lake file that was loaded. Files are numbered as they come, those of an earlier day first.
select file_id, lake_table, archive_day, state
from {{ source('run', 'lake_files') }}
