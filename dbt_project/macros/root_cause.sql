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

{# Whether units have left the warehouse, as their delivery's state and reason say. #}
{% macro has_left(state, delivery_reason) -%}
    ({{ state }} in ('IN_TRANSIT', 'DELIVERED', 'FULFILLED') or {{ delivery_reason }} = 'UNDELIVERABLE')
{%- endmacro %}

{# What an unfulfilled unit (root cause STOCK) says of its product: direct, shared or merchant_declared. #}
{% macro evidence(delivery_reason, is_shared_delivery) -%}
    case
        when {{ delivery_reason }} = 'UNFULFILLABLE' and {{ is_shared_delivery }} then 'shared'
        when {{ delivery_reason }} = 'UNFULFILLABLE' then 'direct'
        else 'merchant_declared'
    end
{%- endmacro %}

{# The shopper did not want it any more, or never did. #}
{% macro is_shoppers_choice(root_cause) -%}
    {{ root_cause }} in ('SHOPPER_CHOICE', 'SHOPPER_MISTAKE')
{%- endmacro %}

{# Causes of the shopper's own: nothing that stock could have helped. #}
{% macro is_withdrawn(root_cause) -%}
    ({{ is_shoppers_choice(root_cause) }} or {{ root_cause }} in ('ADDRESS', 'PAYMENT'))
{%- endmacro %}

{#
    Whether the merchant can do something about it: missing stock, its own choice, a payment that it
    called failed. Where nobody knows the cause (`is_unclear`), neither is said.
#}
{% macro is_controllable(root_cause, requested_by) -%}
    (
        {{ root_cause }} in ('STOCK', 'MERCHANT_CHOICE')
        or ({{ root_cause }} = 'PAYMENT' and coalesce({{ requested_by }}, '') = 'MERCHANT')
    )
{%- endmacro %}

{% macro is_unclear(root_cause) -%}
    ({{ root_cause }} = 'UNKNOWN' or {{ root_cause }} like 'UNMAPPED:%')
{%- endmacro %}

{#
    Whether Amazon delivers: unless the order says that somebody else does. What the merchant
    delivers itself is in the facts and in no figure of restocking or fulfilment.
#}
{% macro is_amazons(delivery_provider) -%}
    coalesce({{ delivery_provider }}, 'AMAZON') in ('AMAZON', 'PRIME')
{%- endmacro %}

{# Whether Amazon was to deliver it and could not, whichever reason system says so. #}
{% macro is_amazons_shortage(root_cause, delivery_provider) -%}
    ({{ root_cause }} = 'STOCK' and {{ is_amazons(delivery_provider) }})
{%- endmacro %}

{# A delivery's or a request's reason that is not documented; else NULL. #}
{% macro unseen_delivery_reason(reason) -%}
    case
        when {{ reason }} not in ('UNFULFILLABLE', 'CUSTOMER_REQUESTED', 'UNDELIVERABLE')
            then {{ reason }}
    end
{%- endmacro %}

{% macro unseen_request_reason(reason) -%}
    case
        when {{ reason }} not in (
            'ORDERED_BY_MISTAKE', 'ITEMS_ARRIVING_LATE', 'INCORRECT_SHIPPING_ADDRESS',
            'OUT_OF_STOCK', 'PAYMENT_ISSUE', 'OTHER'
        )
            then {{ reason }}
    end
{%- endmacro %}
