-- As the published function has it; its text is that of the report.
select business_product_id, product_key, currency_code, unfulfillable_rate_eb
from reports.unfulfilled_products_between(
    (select first_day from meta.report_window), (select last_day from meta.report_window)
)
