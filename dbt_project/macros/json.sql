{# Reading what the API answered. Engine-specific: only staging models call these. #}

{# A time as ISO 8601, or in milliseconds of the epoch as a number or its text: UTC. #}
{% macro parse_time(text) -%}
    case
        when regexp_full_match({{ text }}, '[0-9.]+([eE][+]?[0-9]+)?')
            then make_timestamp(cast(try_cast({{ text }} as double) * 1000 as bigint))
        else try_cast({{ text }} as timestamptz) at time zone 'UTC'
    end
{%- endmacro %}

{# Units of an amount, under either of its names; NULL where they are not counted in pieces. #}
{% macro parse_units(amount) -%}
    case
        when coalesce({{ amount }}.unit, 'ONE') = 'ONE'
            then try_cast(coalesce({{ amount }}.value, {{ amount }}.amount) as decimal(18, 3))
    end
{%- endmacro %}

{# A value that is bare text in one API version and wrapped as `value` in another. #}
{% macro parse_identifier(json) -%}
    nullif(case json_type({{ json }})
        when 'OBJECT' then {{ json }} ->> '$.value'
        else {{ json }} ->> '$'
    end, '')
{%- endmacro %}

{#
    An identifier of a 2024-01-01 line item by its kind, one of the upper-case names given without
    their underscores.
#}
{% macro item_identifier(identifiers, kinds) -%}
    list_filter({{ identifiers }}, lambda identifier:
        replace(upper(identifier.identifierType), '_', '') in ({{ kinds }})
        and identifier.identifierValue <> ''
    )[1].identifierValue
{%- endmacro %}

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
    '{{ tojson(structure) }}'
{%- endmacro %}
