-- One row per week and store: how fast its products shipped and arrived, and promises kept. Hours
-- are means of the products' medians, weighted by units shipped.
select
    week_start,
    sum(shipped_units) as shipped_units,
    sum(order_to_ship_hours_p50 * shipped_units) / nullif(sum(shipped_units) filter (where order_to_ship_hours_p50 is not null), 0)
        as order_to_ship_hours,
    sum(ship_to_deliver_hours_p50 * shipped_units) / nullif(sum(shipped_units) filter (where ship_to_deliver_hours_p50 is not null), 0)
        as ship_to_deliver_hours,
    sum(promised_deliveries) as promised_deliveries,
    sum(late_deliveries) as late_deliveries
from reports.delivery_performance
where business_product_id = $store and week_start > $last_day - 91
group by week_start
order by week_start desc
