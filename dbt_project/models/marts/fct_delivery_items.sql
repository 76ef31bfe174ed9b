{{ config(
    materialized='incremental', incremental_strategy='replace_orders', clock='snapshot_at'
) }}
-- depends_on: {{ ref('stg_touched_orders') }}
-- depends_on: {{ ref('stg_touched_since') }}
-- depends_on: {{ ref('stg_rekeyed_orders') }}
-- What was known before this build is read before: depends_on: {{ ref('stg_former_days') }}
with items as (
    select * from {{ ref('stg_delivery_items') }}
),

requests as (
    select
        business_product_id, order_id, line_item_id, reason, requested_by,
        coalesce(updated_at, created_at) as succeeded_at,
        row_number() over (
            partition by business_product_id, order_id, line_item_id
            order by updated_at desc nulls last, created_at desc nulls last, reason, requested_by
        ) as recency
    from {{ ref('stg_cancellation_requests') }}
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
    from {{ ref('stg_business_events') }} as events
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
    left join {{ ref('stg_trackers') }} as trackers
        on items.business_product_id = trackers.business_product_id
        and items.order_id = trackers.order_id
        and items.delivery_id = trackers.delivery_id
    left join {{ ref('stg_product_keys') }} as keys
        on items.business_product_id = keys.business_product_id
        and items.product_id = keys.product_id
),

decided as (
    select
        *,
        case
            when shipped_at is null and delivered_at is null and cancelled_at is null
                then case when {{ is_past_pending('state') }} then snapshot_at end
            else least(
                coalesce(shipped_at, delivered_at, cancelled_at),
                coalesce(delivered_at, cancelled_at, shipped_at),
                coalesce(cancelled_at, shipped_at, delivered_at)
            )
        end as resolved_at
    from found
),

dated as (
    select
        decided.*,
        {{ local_day('decided.ordered_at', 'run.timezone') }} as ordered_on,
        {{ local_day('decided.shipped_at', 'run.timezone') }} as shipped_on,
        {{ local_day('decided.delivered_at', 'run.timezone') }} as delivered_on,
        case
            when decided.state = 'CANCELLED'
                then {{ local_day('coalesce(decided.cancelled_at, decided.resolved_at)', 'run.timezone') }}
        end as cancelled_on,
        {{ local_day('decided.resolved_at', 'run.timezone') }} as resolved_on
    from decided
    cross join {{ source('run', 'run_settings') }} as run
),

{% set columns -%}
    business_product_id, order_id, delivery_id, line_item_id, product_id, product_title, state,
    delivery_reason, request_reason, requested_by, root_cause, units, ordered_units, unit_price,
    currency_code, delivery_provider, is_prime_eligible, carrier_code, last_milestone,
    last_milestone_at, ordered_at, promised_at, shipped_at, delivered_at, cancelled_at,
    resolved_at, snapshot_at, ordered_on, shipped_on, delivered_on, cancelled_on, resolved_on
{%- endset %}
{% if is_incremental() %}
rekeyed as (
    select
        known.business_product_id, known.order_id, known.delivery_id, known.line_item_id,
        coalesce(keys.product_key, known.product_key) as product_key,
        known.product_id, known.sku,
        known.product_title, known.state, known.delivery_reason, known.request_reason,
        known.requested_by, known.root_cause, known.units, known.ordered_units, known.unit_price,
        known.currency_code, known.delivery_provider, known.is_prime_eligible,
        known.carrier_code, known.last_milestone, known.last_milestone_at, known.ordered_at,
        known.promised_at, known.shipped_at, known.delivered_at, known.cancelled_at,
        known.resolved_at, known.snapshot_at, known.ordered_on, known.shipped_on,
        known.delivered_on, known.cancelled_on, known.resolved_on
    from {{ this }} as known
    inner join {{ ref('stg_rekeyed_orders') }} as orders
        on known.business_product_id = orders.business_product_id
        and known.order_id = orders.order_id
    left join {{ ref('stg_product_keys') }} as keys
        on known.business_product_id = keys.business_product_id
        and known.product_id = keys.product_id
),
{% endif %}

keyed as (
    select product_key, sku, {{ columns }} from dated
    {% if is_incremental() %}
    union all
    select product_key, sku, {{ columns }} from rekeyed
    {% endif %}
),

shared as (
    select
        business_product_id, order_id, delivery_id,
        count(distinct coalesce(product_key, 'UNKNOWN')) > 1 as is_shared_delivery
    from keyed
    group by business_product_id, order_id, delivery_id
)

select
    keyed.business_product_id, keyed.order_id, keyed.delivery_id, keyed.line_item_id,
    keyed.product_key, keyed.product_id, keyed.sku, keyed.product_title, keyed.state,
    keyed.delivery_reason, keyed.request_reason, keyed.requested_by, keyed.root_cause,
    shared.is_shared_delivery, cast(keyed.units as decimal(18, 3)) as units, keyed.ordered_units, keyed.unit_price,
    keyed.currency_code, keyed.delivery_provider, keyed.is_prime_eligible, keyed.carrier_code,
    keyed.last_milestone, keyed.last_milestone_at, keyed.ordered_at,
    keyed.promised_at, keyed.shipped_at, keyed.delivered_at, keyed.cancelled_at, keyed.resolved_at,
    keyed.snapshot_at, keyed.ordered_on, keyed.shipped_on, keyed.delivered_on, keyed.cancelled_on,
    keyed.resolved_on
from keyed
inner join shared
    on keyed.business_product_id = shared.business_product_id
    and keyed.order_id = shared.order_id
    and keyed.delivery_id = shared.delivery_id
{{ in_order_of('keyed.snapshot_at') }}
