-- Is the share of orders with an unfulfilled unit rising, or is it noise?
with weeks as (
    select
        date_trunc('week', resolved_on)::date as week, count(distinct order_id) as orders,
        count(distinct case when root_cause = 'STOCK' then order_id end) as unfulfilled_orders
    from marts.fct_delivery_items
    where resolved_on <= (select last_day from meta.report_window)
    group by week
)
select
    week, unfulfilled_orders, orders, round(100.0 * unfulfilled_orders / orders, 2) as rate_pct,
    round(100 * wilson_low(unfulfilled_orders, orders), 2) as low_pct,
    round(100 * wilson_high(unfulfilled_orders, orders), 2) as high_pct
from weeks
order by week;
