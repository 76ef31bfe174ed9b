-- Payment may be collected once units have shipped: what shipped on the last day, by order?
select
    order_id, min(shipped_at) as first_shipped_at, sum(units) as shipped_units,
    sum(units * unit_price)::decimal(18, 2) as shipped_value, currency_code
from marts.fct_delivery_items
where shipped_on = (select last_day from meta.report_window)
group by order_id, currency_code
order by first_shipped_at, order_id
limit 8;
