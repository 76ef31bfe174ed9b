-- Which orders to ask for. Grain: one row per order, the longest waiting first.
--
-- Reads run_events (of the run's archive days), earlier_events and snapshots. Times are
-- microseconds since the epoch, as are the parameters $now, $pause, $settled_after and the pauses
-- of orders that are not final. $most bounds the orders of one store beyond those that the run's
-- days make due; of orders that are only not final, $least or a share of those days' orders.
with events as (
    select true as is_of_run, * from run_events
    union all
    select false as is_of_run, * from earlier_events
),

mentions as (
    select
        is_of_run, epoch_us(event_time) as event_us, business_product_id, order_id
    from events
    union all
    -- An event may name several orders; its columns have the first.
    select
        is_of_run, event_us,
        regexp_extract(path, '^(?:[^/]+/[^/]+/)*?businessProduct/([^/]+)', 1) as business_product_id,
        regexp_extract(path, '^(?:[^/]+/[^/]+/)*?order/([^/]+)', 1) as order_id
    from (
        select is_of_run, epoch_us(event_time) as event_us, unnest(resources[2:]) as path
        from events
        where len(resources) > 1
    )
),

named as (
    select
        business_product_id, order_id, bool_or(is_of_run) as is_of_run, max(event_us) as event_us
    from mentions
    where business_product_id <> '' and order_id <> ''
    group by business_product_id, order_id
),

fetched as (
    select
        business_product_id, order_id, named.is_of_run, named.event_us,
        max(epoch_us(snapshots.fetched_at)) as fetched_us,
        count(*) filter (where epoch_us(snapshots.fetched_at) > named.event_us) as attempts,
        coalesce(
            bool_or(snapshots.status <> 'UNAVAILABLE')
                filter (where epoch_us(snapshots.fetched_at) > named.event_us),
            false
        ) as has_answer,
        coalesce(
            bool_or(snapshots.status = 'OK')
                filter (where epoch_us(snapshots.fetched_at) > named.event_us),
            false
        ) as has_payload,
        max_by(snapshots.deliveries, snapshots.fetched_at)
            filter (where snapshots.status = 'OK') as deliveries,
        max_by(snapshots.unfinished, snapshots.fetched_at)
            filter (where snapshots.status = 'OK') as unfinished,
        max_by(snapshots.payload_sha256, snapshots.fetched_at)
            filter (where snapshots.status = 'OK') as payload_sha256
    from named
    left join snapshots using (business_product_id, order_id)
    group by business_product_id, order_id, named.is_of_run, named.event_us
),

-- What the newest event said about each delivery; at the same time, the later step counts.
told as (
    select
        business_product_id, order_id, resource_id as delivery_id,
        arg_max(event_type, (epoch_us(event_time), event_type <> 'PACKAGE_DELIVERY_IN_TRANSIT'))
            as event_type
    from events
    where
        resource_type in ('delivery', 'package')
        and event_type in (
            'PACKAGE_DELIVERY_CANCELLED', 'PACKAGE_DELIVERED', 'PACKAGE_DELIVERY_IN_TRANSIT'
        )
    group by business_product_id, order_id, resource_id
),

shown as (
    select business_product_id, order_id, unnest(deliveries, recursive := true)
    from fetched
),

-- Orders whose snapshot lacks a delivery or shows it in another state than its newest event.
contradicted as (
    select distinct business_product_id, order_id
    from told
    left join shown using (business_product_id, order_id, delivery_id)
    where case told.event_type
        when 'PACKAGE_DELIVERY_CANCELLED' then coalesce(shown.state, '') <> 'CANCELLED'
        when 'PACKAGE_DELIVERED'
            then coalesce(shown.state, '') not in ('DELIVERED', 'FULFILLED')
        else coalesce(shown.state, 'PENDING') = 'PENDING'
    end
),

moving as (
    select distinct business_product_id, order_id
    from shown
    where state in ('PENDING', 'IN_TRANSIT')
),

candidates as (
    select
        fetched.*,
        case
            when not has_answer and (is_of_run or attempts = 0) then 0
            when not has_payload or contradicted.order_id is not null then $pause
            when moving.order_id is not null then $settled_after
            when unfinished && ['CANCELLATION', 'REASON'] then $undecided
            when list_contains(unfinished, 'REFUND') then $refund
            when list_contains(unfinished, 'RETURN') then $return
        end as first_pause,
        case
            when not has_answer and is_of_run then 'OWN'
            when
                not has_payload or contradicted.order_id is not null or moving.order_id is not null
                then 'OPEN'
            else 'NOT_FINAL'
        end as kind
    from fetched
    left join contradicted using (business_product_id, order_id)
    left join moving using (business_product_id, order_id)
),

due as (
    select
        *,
        count_if(kind = 'OWN') over (partition by business_product_id) as own_orders,
        row_number() over (
            partition by business_product_id, kind
            order by attempts > 0, event_us, order_id
        ) as place
    from candidates
    where
        first_pause = 0
        or fetched_us + first_pause * pow(2, attempts - 1) <= $now
)

select
    business_product_id, order_id, payload_sha256,
    kind = 'NOT_FINAL' as is_not_final,
    case kind
        when 'OWN' then false
        when 'OPEN' then place > $most
        else place > greatest($least, $share * own_orders)
    end as is_put_off
from due
order by event_us, business_product_id, order_id
