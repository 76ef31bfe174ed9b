-- How well were orders filled, week by week: units, lines and whole orders?
select
    date_trunc('week', day)::date as week,
    round(100 * (1 - sum(unfulfilled_units) / sum(eligible_units)), 1) as unit_fill_pct,
    round(100 * (1 - sum(unfulfilled_lines) / sum(eligible_lines)), 1) as line_fill_pct,
    round(100 * (1 - sum(unfulfilled_orders) / sum(eligible_orders)), 1) as order_fill_pct,
    sum(eligible_orders) as orders
from reports.daily_fill_rates
group by week
order by week;
