-- Is the money for what was cancelled on its way back? (Who was never charged gets no refund.)
select
    items.root_cause, refunds.state as refund_state,
    count(distinct (items.business_product_id, items.order_id)) as orders,
    sum(items.units) as cancelled_units, min(refunds.requested_at)::date as oldest_request
from marts.fct_delivery_items as items
left join (
    select distinct business_product_id, order_id, line_item_id, state, requested_at
    from marts.fct_refunds
    where request_reason = 'CANCELLED_ORDER'
) as refunds using (business_product_id, order_id, line_item_id)
where items.state = 'CANCELLED' and items.root_cause <> 'DELIVERY_FAILURE'
group by all
order by orders desc, items.root_cause, refund_state
limit 8;
