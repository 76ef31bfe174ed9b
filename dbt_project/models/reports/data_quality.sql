{% set items = ref('fct_delivery_items') %}
{% set orders = ref('dim_orders') %}
{{ quality_check(
    'quarantined_records', 'warn', 'Archived records that could not be read; see bwp quarantine.',
    'object_key',
    "select object_key from " ~ source('lake', 'lake_quarantine') ~ " as records inner join "
    ~ source('run', 'lake_files') ~ " as files on records.file_id = files.file_id and files.state <> 'RETIRED'"
) }}
union all
{{ quality_check(
    'orders_without_snapshot', 'warn',
    'Orders that events name and the API has not given: unknown, refused, unavailable or not asked for yet.',
    'order_id', "select order_id from " ~ orders ~ " where snapshot_at is null"
) }}
union all
{{ quality_check(
    'unresolved_deliveries', 'warn', 'The event and the snapshot disagree about a delivery.',
    'order_id', "select order_id from " ~ ref('unresolved_deliveries')
) }}
union all
{{ quality_check(
    'units_unknown', 'warn', 'Delivery items whose units the API did not say: they are in no sum of units.',
    'order_id', "select order_id from " ~ items ~ " where units is null"
) }}
union all
{{ quality_check(
    'units_negative_or_zero', 'warn', 'Delivery items whose units are not positive.',
    'order_id', "select order_id from " ~ items ~ " where units <= 0"
) }}
union all
{{ quality_check(
    'units_fractional', 'warn', 'Delivery items whose units are not whole.',
    'order_id', "select order_id from " ~ items ~ " where units <> floor(units)"
) }}
union all
{{ quality_check(
    'units_above_ordered', 'warn', 'Lines whose deliveries hold more units than were ordered.',
    'order_id',
    "select order_id from " ~ items ~ " group by business_product_id, order_id, line_item_id"
    ~ " having sum(units) > max(ordered_units)"
) }}
union all
{{ quality_check(
    'lines_unknown', 'warn', 'Delivery items whose line item the order does not have.',
    'order_id', "select order_id from " ~ items ~ " where ordered_units is null and product_key is null and ordered_at is null"
) }}
union all
{{ quality_check(
    'product_unknown', 'warn', 'Delivery items that name no product: reported under the key UNKNOWN.',
    'order_id', "select order_id from " ~ items ~ " where product_key is null"
) }}
union all
{{ quality_check(
    'price_unknown', 'warn', 'Cancelled delivery items without a price: they are in no sum of money.',
    'order_id', "select order_id from " ~ items ~ " where unit_price is null and state = 'CANCELLED'"
) }}
union all
{{ quality_check(
    'state_unseen', 'warn', 'Delivery items in a state that is not documented.',
    'state',
    "select state from " ~ items ~ " where state is null or state not in ('PENDING', 'IN_TRANSIT', 'DELIVERED', 'CANCELLED')"
) }}
union all
{{ quality_check(
    'reason_unseen', 'warn', 'Cancelled delivery items with a reason that is not documented.',
    "coalesce(request_reason, delivery_reason)",
    "select delivery_reason, request_reason from " ~ items ~ " where state = 'CANCELLED' and ("
    ~ "delivery_reason not in ('UNFULFILLABLE', 'CUSTOMER_REQUESTED', 'UNDELIVERABLE')"
    ~ " or request_reason not in ('ORDERED_BY_MISTAKE', 'ITEMS_ARRIVING_LATE',"
    ~ " 'INCORRECT_SHIPPING_ADDRESS', 'OUT_OF_STOCK', 'PAYMENT_ISSUE', 'OTHER'))"
) }}
union all
{{ quality_check(
    'reason_unknown', 'warn', 'Cancelled delivery items for which nobody gave a reason.',
    'order_id', "select order_id from " ~ items ~ " where root_cause = 'UNKNOWN'"
) }}
union all
{{ quality_check(
    'duplicate_events', 'info', 'Events archived more than once, merged.',
    'order_id', "select order_id from " ~ ref('fct_events') ~ " where copies > 1"
) }}
