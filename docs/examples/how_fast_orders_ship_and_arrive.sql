-- How long do orders take to ship and to arrive, and which promises were missed?
select
    week_start, sum(shipped_units) as shipped_units,
    round(median(order_to_ship_hours_p50), 1) as order_to_ship_h,
    round(median(ship_to_deliver_hours_p50), 1) as ship_to_deliver_h,
    sum(late_deliveries) as late, sum(promised_deliveries) as promised,
    round(100.0 * sum(late_deliveries) / nullif(sum(promised_deliveries), 0), 1) as missed_pct
from reports.delivery_performance
group by week_start
order by week_start;
