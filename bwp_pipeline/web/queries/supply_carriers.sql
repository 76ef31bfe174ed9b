-- One row per carrier of deliveries shipped in the last 91 days.
select
    coalesce(carrier_code, 'unknown') as carrier_code,
    count(distinct delivery_id) as deliveries,
    count(distinct delivery_id) filter (where delivered_at is not null) as delivered,
    median(date_diff('minute', shipped_at, delivered_at) / 60.0) as ship_to_deliver_hours,
    count(distinct delivery_id) filter (where delivered_at is not null and promised_at is not null)
        as promised_deliveries,
    count(distinct delivery_id) filter (where delivered_at > promised_at) as late_deliveries,
    sum(units) filter (where root_cause = 'DELIVERY_FAILURE') as failed_units
from marts.fct_delivery_items
where business_product_id = $store and shipped_on > $last_day - 91
group by all
order by deliveries desc, carrier_code
