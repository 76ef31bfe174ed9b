-- One row per refund of an order: its amount is the whole refund's, the same in each of its lines.
select
    refunds.refund_id, any_value(refunds.state) as state,
    any_value(refunds.request_reason) as request_reason,
    max(refunds.refund_total) as refund_total, any_value(refunds.currency_code) as currency_code,
    min(refunds.requested_at) as requested_at, max(refunds.completed_at) as completed_at
from marts.fct_refunds as refunds
inner join marts.dim_orders as orders using (business_product_id, order_id)
where orders.order_id = $order or orders.order_alias = $order
group by refunds.business_product_id, refunds.order_id, refunds.refund_id
order by requested_at nulls last, refunds.refund_id
