-- What was earned each day, after refunds? (A refund counts once; for what never shipped, not at all.)
select
    day, currency_code, shipped_sales, refunded_sales, net_revenue, cancelled_sales,
    refunds_of_cancelled
from reports.net_revenue
order by day desc, currency_code
limit 8;
