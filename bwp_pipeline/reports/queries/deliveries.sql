-- One row per store, currency and period, the window (0) and the time before it (1): how long
-- deliveries took that were delivered in the period, in hours, and which came later than promised.
with period as (
    select
        p.periods_ago,
        $first_day - cast(p.periods_ago * ($last_day - $first_day + 1) as integer) as first_day,
        $last_day - cast(p.periods_ago * ($last_day - $first_day + 1) as integer) as last_day
    from (values (0), (1)) as p (periods_ago)
),

delivered as (
    select distinct
        business_product_id,
        currency_code,
        order_id,
        ordered_at,
        promised_at,
        shipped_at,
        delivered_at,
        delivered_on
    from items
    where delivered_at is not null
)

select
    d.business_product_id,
    d.currency_code,
    p.periods_ago,
    count(*) as deliveries,
    quantile_cont(epoch(d.shipped_at - d.ordered_at) / 3600, 0.5) as order_to_ship_h,
    quantile_cont(epoch(d.shipped_at - d.ordered_at) / 3600, 0.9) as order_to_ship_h_p90,
    quantile_cont(epoch(d.delivered_at - d.shipped_at) / 3600, 0.5) as ship_to_deliver_h,
    quantile_cont(epoch(d.delivered_at - d.shipped_at) / 3600, 0.9) as ship_to_deliver_h_p90,
    count(d.promised_at) as promised,
    count(*) filter (where d.delivered_at > d.promised_at) as missed
from delivered as d
inner join period as p on d.delivered_on between p.first_day and p.last_day
group by all
order by all
