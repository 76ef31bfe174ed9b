{{ config(materialized='ephemeral') }}
-- Delivery items with the request that counts, what events date, and the one cause.
with items as (
    select * from {{ ref('int_delivery_items') }}
),

requests as (
    select
        business_product_id, order_id, line_item_id, reason, requested_by,
        coalesce(updated_at, created_at) as succeeded_at,
        row_number() over (
            partition by business_product_id, order_id, line_item_id
            order by updated_at desc nulls last, created_at desc nulls last, reason nulls last,
                requested_by nulls last
        ) as recency
    from {{ ref('int_cancellation_requests') }}
    where state = 'SUCCESS' and is_naming_line
),

times as (
    select
        events.business_product_id, events.order_id, events.resource_id as delivery_id,
        min(case when events.event_type = 'PACKAGE_DELIVERY_IN_TRANSIT' then events.event_time end)
            as shipped_at,
        min(case when events.event_type = 'PACKAGE_DELIVERED' then events.event_time end)
            as delivered_at,
        min(case when events.event_type = 'PACKAGE_DELIVERY_CANCELLED' then events.event_time end)
            as cancelled_at
    from {{ ref('int_business_events') }} as events
    where events.resource_type in ('delivery', 'package')
    group by events.business_product_id, events.order_id, events.resource_id
),

found as (
    select
        items.business_product_id, items.order_id, items.delivery_id, items.line_item_id,
        {{ product_key('keys', 'items') }} as product_key,
        items.product_id, items.sku, items.product_title, items.state,
        items.delivery_reason, requests.reason as request_reason, requests.requested_by,
        {{ root_cause(
            'items.state', 'items.delivery_reason', 'requests.line_item_id is not null',
            'requests.reason', 'requests.requested_by'
        ) }} as root_cause,
        items.units, items.ordered_units, items.unit_price, items.currency_code,
        items.delivery_provider, items.is_prime_eligible, items.ordered_at,
        items.promised_by as promised_at,
        trackers.carrier_code, trackers.last_milestone, trackers.last_milestone_at,
        times.shipped_at, times.delivered_at,
        coalesce(
            times.cancelled_at, case when items.state = 'CANCELLED' then requests.succeeded_at end
        ) as cancelled_at,
        times.cancelled_at is not null as is_cancellation_dated_by_event,
        -- Dated by an answer when the one before, or the order, is at most three days older.
        case
            when {{ hours_between(
                'coalesce(first_shown.last_not_shown_at, items.ordered_at)',
                'first_shown.first_shown_at'
            ) }} <= 72
                then first_shown.first_shown_at
        end as first_shown_in_time,
        items.snapshot_at
    from items
    left join requests
        on items.business_product_id = requests.business_product_id
        and items.order_id = requests.order_id
        and items.line_item_id = requests.line_item_id
        and requests.recency = 1
    left join times
        on items.business_product_id = times.business_product_id
        and items.order_id = times.order_id
        and items.delivery_id = times.delivery_id
    left join {{ ref('int_first_shown') }} as first_shown
        on items.business_product_id = first_shown.business_product_id
        and items.order_id = first_shown.order_id
        and items.delivery_id = first_shown.delivery_id
    left join {{ ref('int_trackers') }} as trackers
        on items.business_product_id = trackers.business_product_id
        and items.order_id = trackers.order_id
        and items.delivery_id = trackers.delivery_id
    left join {{ ref('int_product_keys') }} as keys
        on items.business_product_id = keys.business_product_id
        and items.product_id = keys.product_id
),

decided as (
    select
        *,
        case
            when shipped_at is null and delivered_at is null and cancelled_at is null
                then case when {{ is_past_pending('state') }} then first_shown_in_time end
            else least(
                coalesce(shipped_at, delivered_at, cancelled_at),
                coalesce(delivered_at, cancelled_at, shipped_at),
                coalesce(cancelled_at, shipped_at, delivered_at)
            )
        end as resolved_at
    from found
),

told as (
    select
        *,
        case
            when resolved_at is null then null
            when shipped_at is null and delivered_at is null and cancelled_at is null
                then 'SNAPSHOT'
            when resolved_at = cancelled_at and not is_cancellation_dated_by_event
                then 'REQUEST'
            else 'EVENT'
        end as resolved_by
    from decided
)

select
    told.*,
    {{ local_day('told.ordered_at', 'run.timezone') }} as ordered_on,
    {{ local_day('told.shipped_at', 'run.timezone') }} as shipped_on,
    {{ local_day('told.delivered_at', 'run.timezone') }} as delivered_on,
    case
        when told.state = 'CANCELLED'
            then {{ local_day('coalesce(told.cancelled_at, told.resolved_at)', 'run.timezone') }}
    end as cancelled_on,
    {{ local_day('told.resolved_at', 'run.timezone') }} as resolved_on
from told
cross join {{ ref('stg_run_settings') }} as run
