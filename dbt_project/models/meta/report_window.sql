-- One row, also before the first day is run. An order is old enough to be judged when nearly all
-- orders of its age have shipped: 19 of 20 of those shipped in the last 90 days, and never before three
-- days.
with shipping as (
    select
        percentile_cont(0.95) within group (
            order by {{ hours_between('items.ordered_at', 'items.shipped_at') }}
        ) as hours
    from {{ ref('fct_delivery_items') }} as items
    cross join {{ source('run', 'run_settings') }} as run
    where items.shipped_on > {{ dbt.dateadd('day', -90, 'run.last_day') }}
),

events as (
    select max(event_time) as data_through from {{ ref('fct_events') }}
)

select
    run.timezone, run.report_days,
    cast({{ dbt.dateadd('day', '1 - run.report_days', 'run.last_day') }} as date) as first_day,
    run.last_day, events.data_through,
    cast(greatest(3, ceil(coalesce(shipping.hours, 0) / 24)) as integer) as maturity_days
from {{ source('run', 'run_settings') }} as run
cross join shipping
cross join events
