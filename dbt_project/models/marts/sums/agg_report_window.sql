-- One row, also before the first day is run. An order is old enough to be judged when nearly all
-- orders of its age have shipped: 19 of 20 of those shipped in the last 90 days, and never before three
-- days.
with shipped as (
    select shipping.days_to_ship, sum(shipping.items) as items
    from {{ ref('agg_daily_shipping_times') }} as shipping
    cross join {{ ref('stg_run_settings') }} as run
    where shipping.shipped_on > {{ days_after(-90, 'run.last_day') }}
    group by shipping.days_to_ship
),

cumulated as (
    select
        days_to_ship, sum(items) over (order by days_to_ship) as items_by_then,
        sum(items) over () as items
    from shipped
),

maturity as (
    select min(days_to_ship) as days from cumulated where items_by_then >= 0.95 * items
)

select
    run.timezone, run.report_days,
    cast({{ days_after('1 - run.report_days', 'run.last_day') }} as date) as first_day,
    run.last_day, run.data_through,
    cast(greatest(3, coalesce(maturity.days, 0)) as integer) as maturity_days
from {{ ref('stg_run_settings') }} as run
cross join maturity
