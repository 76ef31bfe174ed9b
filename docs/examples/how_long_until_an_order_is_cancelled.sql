-- How many hours pass from the order to its cancellation, by cause? (Of the last full week.)
select
    root_cause, cancelled_orders, round(hours_to_cancel_p50, 1) as half_within,
    round(hours_to_cancel_p90, 1) as nine_of_ten_within
from reports.hours_to_cancel
where week_start = (select date_trunc('week', last_day - 6)::date from meta.report_window)
order by cancelled_orders desc, root_cause;
