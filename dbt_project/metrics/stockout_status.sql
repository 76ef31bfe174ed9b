-- The model of demand is not SQL: docs/demand.md. Its last day is the window's.
select days.business_product_id, days.product_key, days.stockout_status
from marts.fct_product_days as days
inner join meta.report_window as report_window on days.day = report_window.last_day
