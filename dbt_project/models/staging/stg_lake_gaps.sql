select check_name, example, records
from {{ source('run', 'lake_gaps') }}
