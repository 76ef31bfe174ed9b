-- What would the report have said for another week? (Any two days of the merchant.)
select rank, sku, unfulfilled_units, lost_sales, revenue_at_risk, stockout_status
from reports.unfulfilled_products_between(
    (select last_day - 13 from meta.report_window),
    (select last_day - 7 from meta.report_window)
)
order by currency_code, rank
limit 5;
