select timezone, report_days, last_day
from {{ source('run', 'run_settings') }}
