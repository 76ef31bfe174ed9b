-- Which times out of stock cost most, and how long did they last?
select
    sku, first_day, last_day, is_ongoing, days_out, unfulfilled_units, round(missed_units, 1) as missed_units,
    lost_sales, round(missed_sales, 2) as missed_sales, currency_code
from reports.stockout_episodes
order by lost_sales + missed_sales desc nulls last, sku, first_day
limit 8;
