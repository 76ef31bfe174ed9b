select
    items.ordered_on as day, items.business_product_id, items.currency_code,
    sum(case when items.state = 'CANCELLED' then items.units else 0 end)
    / cast(nullif(sum(
        case when items.resolved_at is not null then items.units end
    ), 0) as double precision) as cohort_cancellation_rate
from marts.fct_delivery_items as items
inner join meta.report_window as report_window
    on items.ordered_on <= report_window.last_day - report_window.maturity_days
group by items.ordered_on, items.business_product_id, items.currency_code
