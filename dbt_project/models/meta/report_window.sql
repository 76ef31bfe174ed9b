-- Publishing sets published_from, in a file that has only a window of the marts.
select
    timezone, report_days, first_day, last_day, data_through, maturity_days,
    cast(null as date) as published_from
from {{ ref('agg_report_window') }}
