-- One row per store, currency, root cause and week with cancelled units. Weeks are 7 days long and
-- end with the window's last day (0); there are 8.
select
    business_product_id,
    currency_code,
    root_cause,
    cast(($last_day - cancelled_on) // 7 as integer) as weeks_ago,
    sum(units) as cancelled_units
from items
where cancelled_on between $last_day - 55 and $last_day
group by all
order by all
