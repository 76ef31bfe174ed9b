select
    items.business_product_id, items.product_key,
    coalesce(items.currency_code, currencies.currency_code) as currency_code,
    sum(items.units) as unfulfilled_units
from marts.fct_delivery_items as items
cross join meta.report_window as report_window
left join reports.store_currencies as currencies
    on items.business_product_id = currencies.business_product_id
where
    items.root_cause = 'STOCK'
    and items.cancelled_on between report_window.first_day and report_window.last_day
    and coalesce(items.delivery_provider, 'AMAZON') in ('AMAZON', 'PRIME')
group by
    items.business_product_id, items.product_key,
    coalesce(items.currency_code, currencies.currency_code)
