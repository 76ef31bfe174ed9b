-- One row per time in which the product was out of stock, the newest first.
select
    first_day, last_day, is_ongoing, days_out, unfulfilled_units, missed_units, currency_code,
    lost_sales, missed_sales
from reports.stockout_episodes
where business_product_id = $store and product_key = $product_key
order by first_day desc
