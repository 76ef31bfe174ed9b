-- Of the lines for which a cancellation was asked: how many were granted, how many shipped anyway,
-- and how many of those came back?
select
    reason, sum(requested_lines) as requested, sum(granted_lines) as granted,
    sum(refused_lines) as refused, sum(open_lines) as open,
    sum(shipped_anyway_lines) as shipped_anyway, sum(returned_lines) as returned
from reports.cancellation_funnel
group by reason
order by requested desc, reason;
