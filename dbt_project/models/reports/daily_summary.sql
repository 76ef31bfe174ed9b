-- Two clocks on one row: what was ordered that day (by order day), and what was shipped, delivered,
-- cancelled or decided that day (by event day).
with judged as (
    select
        figures.*,
        {{ dbt.dateadd('day', 'report_window.maturity_days', 'figures.day') }}
        <= report_window.last_day as is_cohort_mature
    from {{ ref('agg_daily_figures') }} as figures
    cross join {{ ref('agg_report_window') }} as report_window
)

select
    day, business_product_id, currency_code,
    cast(ordered_orders as bigint) as ordered_orders,
    cast(ordered_units as decimal(18, 3)) as ordered_units,
    cast(shipped_units as decimal(18, 3)) as shipped_units,
    cast(delivered_units as decimal(18, 3)) as delivered_units,
    cast(cancelled_orders as bigint) as cancelled_orders,
    cast(cancelled_units as decimal(18, 3)) as cancelled_units,
    cast(unfulfilled_units as decimal(18, 3)) as unfulfilled_units,
    cast(case when unfulfilled_units = 0 then 0 else lost_sales end as decimal(18, 4))
        as lost_sales,
    cast(resolved_orders as bigint) as resolved_orders,
    cast(resolved_units as decimal(18, 3)) as resolved_units,
    {{ ratio('resolved_cancelled_units', 'resolved_units') }} as cancellation_rate,
    cast(coalesce(cohort_resolved_units, 0) as decimal(18, 3)) as cohort_resolved_units,
    cast(coalesce(cohort_cancelled_units, 0) as decimal(18, 3)) as cohort_cancelled_units,
    case
        when is_cohort_mature
            then {{ ratio('coalesce(cohort_cancelled_units, 0)', 'cohort_resolved_units') }}
    end as cohort_cancellation_rate,
    is_cohort_mature
from judged
