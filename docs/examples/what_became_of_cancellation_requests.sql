-- Who asked for cancellations, what became of it, and how long did it take?
select
    requested_by, state, reason, count(*) as requests, sum(units) as units,
    round(median(date_diff('minute', created_at, updated_at)), 0) as minutes
from marts.fct_cancellation_requests
group by all
order by requests desc, requested_by, state, reason
limit 10;
