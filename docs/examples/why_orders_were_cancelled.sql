-- Why were units cancelled, week by week?
with weeks as (
    select date_trunc('week', cancelled_on)::date as week, root_cause, sum(cancelled_units) as units
    from reports.cancellation_reasons
    group by all
)
select
    week, root_cause, units,
    round(100 * units / sum(units) over (partition by week), 1) as share_pct
from weeks
order by week, units desc, root_cause;
