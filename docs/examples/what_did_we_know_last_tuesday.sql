-- What had events said, by last Tuesday noon, of deliveries whose state is another now?
with moment as (
    select date_trunc('week', last_day) + interval 36 hours as at from meta.report_window
),

known as (
    select states.*
    from marts.fct_order_states as states
    cross join moment
    where states.source = 'EVENT'
        and states.known_from <= moment.at
        and (states.known_until > moment.at or states.known_until is null)
)

select known.state as state_then, items.state as state_now, count(distinct known.delivery_id) as deliveries
from known
join marts.fct_delivery_items as items using (business_product_id, order_id, delivery_id)
where items.state <> known.state
group by all
order by deliveries desc, state_then, state_now;
