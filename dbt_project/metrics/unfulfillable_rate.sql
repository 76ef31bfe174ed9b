select
    items.business_product_id, items.product_key,
    coalesce(items.currency_code, currencies.currency_code) as currency_code,
    sum(
        case
            when items.root_cause = 'STOCK'
                and items.cancelled_on between report_window.first_day and report_window.last_day
                then items.units
        end
    ) / cast(nullif(sum(
        case
            when items.resolved_on between report_window.first_day and report_window.last_day
                then items.units
        end
    ), 0) as double precision) as unfulfillable_rate
from marts.fct_delivery_items as items
cross join meta.report_window as report_window
left join reports.store_currencies as currencies
    on items.business_product_id = currencies.business_product_id
where coalesce(items.delivery_provider, 'AMAZON') in ('AMAZON', 'PRIME')
group by
    items.business_product_id, items.product_key,
    coalesce(items.currency_code, currencies.currency_code)
