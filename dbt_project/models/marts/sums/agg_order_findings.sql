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
                'found': ordered_units is null and product_key is null and ordered_at is null
            },
            {'check_name': 'product_unknown', 'example': order_id, 'found': product_key is null},
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
                'check_name': 'reason_unseen', 'example': coalesce(request_reason, delivery_reason),
                'found': state = 'CANCELLED' and (
                    delivery_reason not in ('UNFULFILLABLE', 'CUSTOMER_REQUESTED', 'UNDELIVERABLE')
                    or request_reason not in (
                        'ORDERED_BY_MISTAKE', 'ITEMS_ARRIVING_LATE', 'INCORRECT_SHIPPING_ADDRESS',
                        'OUT_OF_STOCK', 'PAYMENT_ISSUE', 'OTHER'
                    )
                )
            },
            {'check_name': 'reason_unknown', 'example': order_id, 'found': root_cause = 'UNKNOWN'}
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
select business_product_id, order_id, 'orders_without_snapshot', order_id
from {{ ref('dim_orders') }}
where snapshot_at is null and {{ are_touched() }}
union all
select business_product_id, {{ event_order_key() }}, 'duplicate_events', order_id
from {{ ref('fct_events') }}
where copies > 1 and {{ are_touched('event_time') }}
