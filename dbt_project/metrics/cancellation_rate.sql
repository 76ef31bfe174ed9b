select
    items.business_product_id,
    coalesce(items.currency_code, currencies.currency_code) as currency_code, 0 as periods_ago,
    count(distinct case
        when items.root_cause is not null
            and items.cancelled_on between report_window.first_day and report_window.last_day
            then items.order_id
    end) / cast(count(distinct items.order_id) as double precision) as cancellation_rate
from marts.fct_delivery_items as items
cross join meta.report_window as report_window
left join reports.store_currencies as currencies
    on items.business_product_id = currencies.business_product_id
where
    items.resolved_on between report_window.first_day and report_window.last_day
    or items.cancelled_on between report_window.first_day and report_window.last_day
group by
    items.business_product_id, coalesce(items.currency_code, currencies.currency_code)
