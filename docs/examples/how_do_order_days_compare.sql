-- Of the orders of each day, what share was cancelled? (Cohort clock; young days are not judged.)
select
    day, currency_code, ordered_orders, cohort_resolved_units as resolved_units,
    cohort_cancelled_units as cancelled_units,
    round(100 * cohort_cancellation_rate, 1) as rate_pct, is_cohort_mature
from reports.daily_summary
where ordered_units > 0
order by day desc, currency_code
limit 8;
