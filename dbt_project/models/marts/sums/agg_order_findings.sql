{{ replaces_orders() }}
{% set unseen_delivery = unseen_delivery_reason('delivery_reason') %}
{% set unseen_request = unseen_request_reason('request_reason') %}
{% set findings = [] %}
{% for check_name, example, found in [
    ('units_unknown', 'order_id', 'units is null'),
    ('units_negative_or_zero', 'order_id', 'units <= 0'),
    ('units_fractional', 'order_id', 'units <> floor(units)'),
    (
        'lines_unknown', 'order_id',
        "ordered_units is null and product_key = 'UNKNOWN' and ordered_at is null"
    ),
    ('product_unknown', 'order_id', "product_key = 'UNKNOWN'"),
    ('price_unknown', 'order_id', "unit_price is null and state = 'CANCELLED'"),
    (
        'state_unseen', 'state',
        "state is null or state not in ('PENDING', 'IN_TRANSIT', 'DELIVERED', 'CANCELLED')"
    ),
    (
        'reason_unseen', 'coalesce(' ~ unseen_delivery ~ ', ' ~ unseen_request ~ ')',
        "state = 'CANCELLED' and ("
        ~ unseen_delivery ~ ' is not null or ' ~ unseen_request ~ ' is not null)'
    ),
    ('reason_unknown', 'order_id', "root_cause = 'UNKNOWN'"),
    ('undated_units', 'order_id', 'resolved_at is null and ' ~ is_past_pending('state')),
    ('delivery_unnamed', 'order_id', "delivery_id like 'UNKNOWN/%'"),
    ('merchant_delivered', 'order_id', 'not ' ~ is_amazons('delivery_provider')),
] %}
    {% do findings.append(struct(check_name="'" ~ check_name ~ "'", example=example, found=found)) %}
{% endfor %}
-- Grain: a row of a touched order that a check of the data quality report finds, and what to show of
-- it. Events without an order stand under what they are about.
with items as (
    select * from {{ ref('fct_delivery_items') }} where {{ are_touched('snapshot_at') }}
),

item_findings as (
    select
        business_product_id, order_id,
        {{ each_of(list_where(list_of(findings), 'finding', 'finding.found')) }} as finding
    from items
)

select
    business_product_id, order_id, finding.check_name as check_name, finding.example as example
from item_findings
union all
select business_product_id, order_id, 'units_above_ordered', order_id
from items
group by business_product_id, order_id, line_item_id
having sum(units) > max(ordered_units)
union all
select business_product_id, order_id, 'values_implausible', {{ each_of('dropped_values') }}
from {{ ref('int_lines') }}
where is_latest
union all
select business_product_id, order_id, 'entries_elsewhere', order_id
from {{ ref('int_deliveries') }} as entries
where
    placed_under <> entry_line_item_id
    and not exists (
        select 1
        from items
        where items.business_product_id = entries.business_product_id
            and items.order_id = entries.order_id
            and items.delivery_id = entries.delivery_id
            and items.line_item_id = entries.entry_line_item_id
    )
union all
select business_product_id, order_id, 'orders_without_snapshot', order_id
from {{ ref('dim_orders') }}
where snapshot_at is null and {{ are_touched() }}
union all
select business_product_id, {{ event_order_key() }}, 'duplicate_events', order_id
from {{ ref('fct_events') }}
where copies > 1 and {{ are_touched('event_time') }}
