{#
    The order of every API version as one structure: what a version lacks is NULL. Numbers and times
    stay text until they are parsed, for they come as either.
#}
{% macro order_structure() -%}
    {%- set amount = {"unit": "VARCHAR", "value": "VARCHAR", "amount": "VARCHAR"} -%}
    {%- set entry = {"lineItem": {"id": "VARCHAR"}, "amount": amount} -%}
    {%- set entries = {"orderLineItems": [entry]} -%}
    {%- set delivery = {
        "id": "VARCHAR", "state": "VARCHAR", "reason": "VARCHAR",
        "packageInformationDetailsFor": entries, "deliveryInformationDetailsFor": entries,
        "packageTracker": {
            "packageTrackerIdentifier": {"carrierCode": "VARCHAR"},
            "milestones": [{"status": {"code": "VARCHAR"}, "occurredAt": "VARCHAR"}],
        },
        "association": [{
            "lineItem": {"id": "VARCHAR"}, "interval": {"start": "VARCHAR", "measure": "VARCHAR"},
        }],
    } -%}
    {%- set deliveries = {"details": [delivery]} -%}
    {%- set cancellations = {"details": [{
        "state": "VARCHAR", "reason": "VARCHAR", "requestedBy": "VARCHAR",
        "createdAt": "VARCHAR", "updatedAt": "VARCHAR", "canceledFor": entries,
    }]} -%}
    {%- set aliases = [{"aliasType": "VARCHAR", "aliasId": "VARCHAR"}] -%}
    {%- set line_amounts = {"orderLineItemAmounts": [entry]} -%}
    {%- set package_for = {
        "orderLineItemAmounts": [entry],
        "returnLineItemAmounts": [{"returnLineItem": {"id": "VARCHAR"}, "amount": amount}],
    } -%}
    {%- set structure = {
        "aliases": aliases, "orderAliases": aliases,
        "metadata": {"createdAt": "VARCHAR"},
        "orderState": {"createdAt": "VARCHAR", "placedAt": "VARCHAR"},
        "packageInformation": deliveries, "deliveryInformation": deliveries,
        "cancellations": cancellations,
        "lineItems": [{
            "id": "VARCHAR", "createdAt": "VARCHAR", "amount": amount, "quantity": amount,
            "aliases": aliases, "lineItemAliases": aliases,
            "product": {
                "productId": "JSON", "id": "VARCHAR", "sku": "JSON", "amazonSku": "JSON",
                "externalId": "JSON", "title": "VARCHAR", "price": "JSON",
                "currencyCode": "VARCHAR",
            },
            "purchasedItem": {
                "title": "VARCHAR",
                "itemIdentifiers": [{"identifierType": "VARCHAR", "identifierValue": "VARCHAR"}],
                "price": {"currentPrice": {"amount": "VARCHAR", "currencyCode": "VARCHAR"}},
            },
            "deliveryOffer": {"details": {
                "date": {"earliest": "VARCHAR", "latest": "VARCHAR"},
                "estimatedDeliveryDate": {"earliest": "VARCHAR", "latest": "VARCHAR"},
                "deliveryProvider": "VARCHAR",
                "deliveryTerms": {"isPrimeEligible": "VARCHAR"},
            }},
            "packageInformation": deliveries, "deliveryInformation": deliveries,
            "shipments": [{"id": "VARCHAR", "state": "VARCHAR"}],
            "cancellations": cancellations,
        }],
        "refunds": {"details": [{
            "id": "VARCHAR", "state": "VARCHAR", "refundRequestReason": "VARCHAR",
            "refundStatusReason": "VARCHAR", "createdAt": "VARCHAR", "updatedAt": "VARCHAR",
            "refundTotal": {"totalAmount": {"amount": "VARCHAR", "currencyCode": "VARCHAR"}},
            "refundFor": {"orderLineItems": [{
                "lineItem": {"id": "VARCHAR"}, "amount": amount, "refundedQuantity": amount,
            }]},
        }]},
        "returns": {"details": [{
            "id": "VARCHAR", "state": "VARCHAR", "createdAt": "VARCHAR", "returnFor": line_amounts,
            "returnLineItems": [{
                "id": "VARCHAR", "returnFor": line_amounts,
                "returnReason": {"reasonCode": "VARCHAR"},
                "grading": {"summary": {
                    "unitWiseCondition": [{"amount": amount, "condition": "VARCHAR"}],
                }},
            }],
            "returnPackageDetails": [{
                "id": "VARCHAR", "state": "VARCHAR", "reason": "VARCHAR",
                "returnPackageFor": package_for,
                "packageTracker": {"packageTrackerIdentifier": {"carrierCode": "VARCHAR"}},
            }],
            "returnDeliveryDetails": [{
                "id": "VARCHAR", "state": "VARCHAR", "reason": "VARCHAR",
                "returnDeliveryFor": package_for,
            }],
        }]},
    } -%}
    {{ return(structure) }}
{%- endmacro %}

{# Every delivery of an order in `int_orders`, at the order and under its lines, as one list. #}
{% macro every_delivery() -%}
    {%- set of_line -%}
    coalesce(coalesce(line.packageInformation, line.deliveryInformation).details, {{ list_of([]) }})
    {%- endset -%}
    {{ joined_lists(
        'coalesce(deliveries, ' ~ list_of([]) ~ ')',
        'flatten(' ~ list_map('coalesce(lines, ' ~ list_of([]) ~ ')', 'line', of_line) ~ ')'
    ) }}
{%- endmacro %}

{# A list, with one NULL in place of none: what names nothing keeps its row. #}
{% macro or_one_null(list) -%}
    case when {{ list_length(list) }} > 0 then {{ list }} else {{ list_of(['null']) }} end
{%- endmacro %}

{# Which kind of alias names a line best: the least number. #}
{% macro alias_rank(kind) -%}
    case {{ kind }}
        {%- for known in ['SKU', 'EXTERNAL_ID', 'EXTERNAL_DISPLAY_ID', 'EXTERNAL_ITEM_ID', 'ID'] %}
        when '{{ known }}' then {{ loop.index }}
        {%- endfor %}
        else 9
    end
{%- endmacro %}
