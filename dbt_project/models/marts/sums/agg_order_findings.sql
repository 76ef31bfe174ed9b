{{ replaces_orders() }}
-- Grain: a row of a touched order that a check of the data quality report finds, and what to show of
-- it. Events without an order stand under what they are about.
with items as (
    select * from {{ ref('fct_delivery_items') }} where {{ are_touched('snapshot_at') }}
),

item_findings as (
    select
        business_product_id, order_id,
        unnest(list_filter([
            {'check_name': 'units_unknown', 'example': order_id, 'found': units is null},
            {'check_name': 'units_negative_or_zero', 'example': order_id, 'found': units <= 0},
            {'check_name': 'units_fractional', 'example': order_id, 'found': units <> floor(units)},
            {
                'check_name': 'lines_unknown', 'example': order_id,
                'found': ordered_units is null and product_key = 'UNKNOWN' and ordered_at is null
            },
            {'check_name': 'product_unknown', 'example': order_id, 'found': product_key = 'UNKNOWN'},
            {
                'check_name': 'price_unknown', 'example': order_id,
                'found': unit_price is null and state = 'CANCELLED'
            },
            {
                'check_name': 'state_unseen', 'example': state,
                'found': state is null
                or state not in ('PENDING', 'IN_TRANSIT', 'DELIVERED', 'CANCELLED')
            },
            {
                'check_name': 'reason_unseen', 'example': coalesce(
                    {{ unseen_delivery_reason('delivery_reason') }},
                    {{ unseen_request_reason('request_reason') }}
                ),
                'found': state = 'CANCELLED' and (
                    {{ unseen_delivery_reason('delivery_reason') }} is not null
                    or {{ unseen_request_reason('request_reason') }} is not null
                )
            },
            {'check_name': 'reason_unknown', 'example': order_id, 'found': root_cause = 'UNKNOWN'},
            {
                'check_name': 'undated_units', 'example': order_id,
                'found': resolved_at is null and {{ is_past_pending('state') }}
            },
            {
                'check_name': 'delivery_unnamed', 'example': order_id,
                'found': starts_with(delivery_id, 'UNKNOWN/')
            },
            {
                'check_name': 'merchant_delivered', 'example': order_id,
                'found': not {{ is_amazons('delivery_provider') }}
            }
        ], lambda finding: finding.found)) as finding
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
select business_product_id, order_id, 'values_implausible', unnest(dropped_values)
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
