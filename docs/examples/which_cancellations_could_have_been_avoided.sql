-- What share of the decided units was cancelled for something that we can do something about?
select
    date_trunc('week', day)::date as week, sum(controllable_units) as controllable,
    sum(uncontrollable_units) as uncontrollable, sum(unclear_units) as unclear,
    round(100 * sum(controllable_units) / sum(resolved_units), 2) as controllable_pct
from reports.controllable_cancellations
group by week
order by week;
