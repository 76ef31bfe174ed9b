select timezone, report_days, last_day, data_through
from {{ source('run', 'run_settings') }}
