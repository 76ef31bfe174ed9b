-- One row, also before the first day is run.
select
    run.timezone, run.report_days,
    cast({{ dbt.dateadd('day', '1 - run.report_days', 'run.last_day') }} as date) as first_day,
    run.last_day,
    (select max(event_time) from {{ ref('fct_events') }}) as data_through
from {{ source('run', 'run_settings') }} as run
