select timezone, report_days, first_day, last_day, data_through, maturity_days
from {{ ref('agg_report_window') }}
