{{ replaces_orders(days=['ordered_on'], items="ref('fct_delivery_items')") }}
{% do ref('fct_delivery_items') %}
with events as (
    select
        events.business_product_id, events.order_id, count(*) as events,
        min(events.event_time) as first_event_at, max(events.event_time) as last_event_at
    from {{ ref('int_business_events') }} as events
    where events.order_id is not null
    group by events.business_product_id, events.order_id
),

items as (
    select
        business_product_id, order_id, count(distinct delivery_id) as deliveries,
        count(distinct line_item_id) as lines,
        {{ known_sum("state = 'CANCELLED'", 'units') }} as cancelled_units,
        {{ known_sum("state in ('IN_TRANSIT', 'DELIVERED')", 'units') }} as shipped_units,
        min(case when state = 'PENDING' then 1 else 0 end) = 1 as is_cancellable
    from {{ ref('int_delivery_items') }}
    group by business_product_id, order_id
),

lines as (
    select business_product_id, order_id, sum(ordered_units) as ordered_units, min(ordered_at) as ordered_at
    from {{ ref('int_lines') }}
    where is_latest
    group by business_product_id, order_id
)

select
    headers.business_product_id, headers.order_id, headers.order_alias,
    coalesce(headers.ordered_at, lines.ordered_at) as ordered_at,
    {{ local_day('coalesce(headers.ordered_at, lines.ordered_at)', 'run.timezone') }} as ordered_on,
    cast(lines.ordered_units as decimal(18, 3)) as ordered_units,
    cast(items.shipped_units as decimal(18, 3)) as shipped_units,
    cast(items.cancelled_units as decimal(18, 3)) as cancelled_units,
    coalesce(items.lines, 0) as lines, coalesce(items.deliveries, 0) as deliveries,
    coalesce(items.is_cancellable, false) as is_cancellable,
    coalesce(events.events, 0) as events, events.first_event_at, events.last_event_at,
    headers.last_status as snapshot_status, headers.snapshot_at, headers.last_fetched_at,
    headers.fetches, headers.api_version
from {{ ref('int_order_headers') }} as headers
cross join {{ ref('stg_run_settings') }} as run
left join events
    on headers.business_product_id = events.business_product_id
    and headers.order_id = events.order_id
left join items
    on headers.business_product_id = items.business_product_id
    and headers.order_id = items.order_id
left join lines
    on headers.business_product_id = lines.business_product_id
    and headers.order_id = lines.order_id
where events.order_id is not null or headers.fetches > 0
{{ in_order_of('coalesce(headers.ordered_at, lines.ordered_at)') }}
