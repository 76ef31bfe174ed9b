{#
    Why a delivery's units were cancelled: one word out of the two systems of reasons, the first
    rule that holds. NULL unless the delivery is cancelled. `delivery_reason` is the package's own,
    `request_reason` and `requested_by` are of the request that counts; `has_request` tells a request
    without a reason from none.
#}
{% macro root_cause(state, delivery_reason, has_request, request_reason, requested_by) -%}
    case
        when {{ state }} is null or {{ state }} <> 'CANCELLED' then null
        when {{ delivery_reason }} = 'UNFULFILLABLE' then 'STOCK'
        when {{ request_reason }} = 'OUT_OF_STOCK' then 'STOCK'
        when {{ request_reason }} = 'ITEMS_ARRIVING_LATE' then 'SPEED'
        when {{ request_reason }} = 'INCORRECT_SHIPPING_ADDRESS' then 'ADDRESS'
        when {{ request_reason }} = 'PAYMENT_ISSUE' then 'PAYMENT'
        when {{ request_reason }} = 'ORDERED_BY_MISTAKE' then 'SHOPPER_MISTAKE'
        when {{ delivery_reason }} = 'UNDELIVERABLE' then 'DELIVERY_FAILURE'
        when {{ delivery_reason }} = 'CUSTOMER_REQUESTED'
            or ({{ has_request }} and coalesce({{ request_reason }}, 'OTHER') = 'OTHER')
            then case when {{ requested_by }} = 'MERCHANT' then 'MERCHANT_CHOICE' else 'SHOPPER_CHOICE' end
        when coalesce({{ delivery_reason }}, {{ request_reason }}) is not null
            then 'UNMAPPED:' || coalesce({{ delivery_reason }}, {{ request_reason }})
        else 'UNKNOWN'
    end
{%- endmacro %}

{# Whether a delivery's state says that it was decided whether the units ship. FULFILLED: 2023. #}
{% macro is_past_pending(state) -%}
    {{ state }} in ('IN_TRANSIT', 'DELIVERED', 'CANCELLED', 'FULFILLED')
{%- endmacro %}
