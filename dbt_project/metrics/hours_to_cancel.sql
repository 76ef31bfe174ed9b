select
    cast(date_trunc('week', cancelled_on) as date) as week_start, business_product_id, root_cause,
    percentile_cont(0.5) within group (
        order by date_diff('second', ordered_at, coalesce(cancelled_at, resolved_at)) / 3600.0
    ) as hours_to_cancel_p50
from marts.fct_delivery_items
where root_cause is not null and cancelled_on is not null
group by cast(date_trunc('week', cancelled_on) as date), business_product_id, root_cause
