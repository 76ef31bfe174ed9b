select
    business_product_id, order_id, delivery_id, line_item_id,
    case
        when state is null or state <> 'CANCELLED' then null
        when delivery_reason = 'UNFULFILLABLE' then 'STOCK'
        when request_reason = 'OUT_OF_STOCK' then 'STOCK'
        when request_reason = 'ITEMS_ARRIVING_LATE' then 'SPEED'
        when request_reason = 'INCORRECT_SHIPPING_ADDRESS' then 'ADDRESS'
        when request_reason = 'PAYMENT_ISSUE' then 'PAYMENT'
        when request_reason = 'ORDERED_BY_MISTAKE' then 'SHOPPER_MISTAKE'
        when delivery_reason = 'UNDELIVERABLE' then 'DELIVERY_FAILURE'
        when delivery_reason = 'CUSTOMER_REQUESTED'
            or (requested_by is not null and coalesce(request_reason, 'OTHER') = 'OTHER')
            then case when requested_by = 'MERCHANT' then 'MERCHANT_CHOICE' else 'SHOPPER_CHOICE' end
        when coalesce(delivery_reason, request_reason) is not null
            then 'UNMAPPED:' || coalesce(delivery_reason, request_reason)
        else 'UNKNOWN'
    end as root_cause
from marts.fct_delivery_items
