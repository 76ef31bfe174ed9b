-- Which products were filled worst in the report's window?
select
    product_key, sum(eligible_units) as units, sum(unfulfilled_units) as unfulfilled,
    round(100 * (1 - sum(unfulfilled_units) / sum(eligible_units)), 1) as unit_fill_pct,
    round(100 * (1 - sum(unfulfilled_orders) / sum(eligible_orders)), 1) as order_fill_pct
from reports.product_fill_rates
where day between (select first_day from meta.report_window) and (select last_day from meta.report_window)
group by product_key
having sum(unfulfilled_units) > 0
order by unit_fill_pct, product_key
limit 8;
