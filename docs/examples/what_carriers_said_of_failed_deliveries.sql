-- Deliveries that failed after they shipped: what did the carrier say last, and what is it worth?
select
    carrier_code, last_milestone, count(distinct delivery_id) as deliveries, sum(units) as units,
    sum(units * unit_price)::decimal(18, 2) as value, currency_code
from marts.fct_delivery_items
where root_cause = 'DELIVERY_FAILURE'
group by all
order by deliveries desc, carrier_code, last_milestone, currency_code
limit 8;
