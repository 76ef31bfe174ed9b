-- One row per product with late deliveries or units cancelled for coming late, worst first.
with speed as (
    select product_key, sum(units) as late_cancelled_units
    from marts.fct_delivery_items
    where
        business_product_id = $store and root_cause = 'SPEED' and cancelled_on > $last_day - 91
    group by product_key
)

select
    performance.product_key, any_value(performance.product_title) as product_title,
    any_value(performance.sku) as sku, sum(performance.shipped_units) as shipped_units,
    sum(performance.promised_deliveries) as promised_deliveries,
    sum(performance.late_deliveries) as late_deliveries,
    max(speed.late_cancelled_units) as late_cancelled_units
from reports.delivery_performance as performance
left join speed using (product_key)
where performance.business_product_id = $store and performance.week_start > $last_day - 91
group by performance.product_key
having sum(performance.late_deliveries) > 0 or max(speed.late_cancelled_units) > 0
order by sum(performance.late_deliveries) desc, performance.product_key
limit 50
