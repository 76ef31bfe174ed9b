-- One row per store, currency, product and week with unfulfilled units. Weeks are 7 days long and
-- end with the window's last day (0), so that none is incomplete; there are 12.
select
    business_product_id,
    currency_code,
    product_key,
    cast(($last_day - cancelled_on) // 7 as integer) as weeks_ago,
    sum(units) as unfulfilled_units
from items
where root_cause = 'STOCK' and cancelled_on between $last_day - 83 and $last_day
group by all
order by all
