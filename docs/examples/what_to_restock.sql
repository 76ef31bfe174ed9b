-- Which products should be restocked first, and how sure is that?
select
    rank, sku, left(product_title, 20) as title, unfulfilled_units as unfulfilled, affected_orders as orders,
    resolved_orders as of_orders, round(100 * unfulfillable_rate_eb, 1) as rate_pct,
    round(100 * rate_low, 1) as low_pct, round(100 * rate_high, 1) as high_pct,
    lost_sales, revenue_at_risk, currency_code, stockout_status
from reports.unfulfilled_products
order by business_product_id, currency_code, rank
limit 8;
