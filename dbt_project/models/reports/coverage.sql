-- Grain: business_product_id.
with orders as (
    select
        business_product_id, count(*) as orders, count(snapshot_at) as known_orders
    from {{ ref('dim_orders') }}
    group by business_product_id
),

events as (
    select
        business_product_id, count(*) as events,
        cast(sum(copies - 1) as bigint) as duplicates,
        min(event_time) as first_event_at
    from {{ ref('fct_events') }}
    where business_product_id is not null
    group by business_product_id
)

select
    coalesce(orders.business_product_id, events.business_product_id) as business_product_id,
    coalesce(orders.orders, 0) as orders,
    coalesce(orders.known_orders, 0) as known_orders,
    coalesce(events.events, 0) as events,
    coalesce(events.duplicates, 0) as duplicates,
    events.first_event_at,
    cast(report_window.last_day - report_window.first_day + 1 as bigint) as window_days,
    -- Before its first event, nothing is known of a store.
    cast(
        case
            when events.first_event_at is null then 0
            else greatest(
                report_window.last_day + 1 - greatest(
                    report_window.first_day,
                    {{ local_day('events.first_event_at', 'report_window.timezone') }}
                ), 0
            )
        end as bigint
    ) as known_window_days
from orders
full join events on orders.business_product_id = events.business_product_id
cross join {{ ref('agg_report_window') }} as report_window
