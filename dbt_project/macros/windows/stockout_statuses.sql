{#
    What followed each product's last unfulfilled unit: common tables `shipments` to `statuses`, of
    `bounds` and, for the shipments, of the products in `rates`.
#}
{% macro unfulfilled_shipments(items) -%}
-- What followed the last time, per product: its last shipment, looked for further back only where
-- the last 90 days have none.
recent_shipments as (
    select
        items.business_product_id, items.product_key,
        max(items.shipped_at) as last_shipped_at
    from {{ items }} as items
    cross join bounds
    where items.shipped_on <= bounds.last_day
        and items.shipped_on > cast({{ dbt.dateadd('day', -90, 'bounds.last_day') }} as date)
    group by items.business_product_id, items.product_key
),

not_shipped_recently as (
    select distinct rates.business_product_id, rates.product_key
    from rates
    left join recent_shipments as recent
        on rates.business_product_id = recent.business_product_id
        and rates.product_key = recent.product_key
    where recent.product_key is null
),

shipments as (
    select business_product_id, product_key, last_shipped_at from recent_shipments
    union all
    select unshipped.business_product_id, unshipped.product_key, max(items.shipped_at)
    from {{ items }} as items
    cross join bounds
    inner join not_shipped_recently as unshipped
        on items.business_product_id = unshipped.business_product_id
        and items.product_key = unshipped.product_key
    where items.shipped_on <= cast({{ dbt.dateadd('day', -90, 'bounds.last_day') }} as date)
    group by unshipped.business_product_id, unshipped.product_key
)
{%- endmacro %}

{% macro unfulfilled_statuses(items) -%}
unfulfilled_days as (
    select
        items.business_product_id, items.product_key,
        items.cancelled_on,
        max(coalesce(items.cancelled_at, items.resolved_at)) as unfulfilled_at,
        lag(items.cancelled_on) over (
            partition by items.business_product_id, items.product_key
            order by items.cancelled_on
        ) as previous_on
    from {{ items }} as items
    cross join bounds
    where items.root_cause = 'STOCK' and items.cancelled_on <= bounds.last_day
        and items.cancelled_on > cast({{ dbt.dateadd('day', -90, 'bounds.last_day') }} as date)
    group by
        items.business_product_id, items.product_key, items.cancelled_on
),

episodes as (
    select
        business_product_id, product_key, max(unfulfilled_at) as last_unfulfilled_at,
        max(cancelled_on) as last_unfulfilled_on,
        sum(
            case
                when {{ dbt.datediff('previous_on', 'cancelled_on', 'day') }} <= 3 then 0
                else 1
            end
        ) as episodes
    from unfulfilled_days
    group by business_product_id, product_key
),

-- Silence: no order since, where the sales of the 28 days before would have brought three by now.
-- The last day doesn't count: its orders have hardly had an event yet.
last_orders as (
    select
        items.business_product_id, items.product_key,
        max(items.ordered_at) as last_ordered_at
    from {{ items }} as items
    cross join bounds
    where items.ordered_on <= bounds.last_day
        and items.ordered_on > cast({{ dbt.dateadd('day', -90, 'bounds.last_day') }} as date)
    group by items.business_product_id, items.product_key
),

without_orders_since as (
    select episodes.*
    from episodes
    left join last_orders
        on episodes.business_product_id = last_orders.business_product_id
        and episodes.product_key = last_orders.product_key
    where coalesce(last_orders.last_ordered_at <= episodes.last_unfulfilled_at, true)
),

days_before as (
    select cast({{ dbt.dateadd('day', -28, 'min(last_unfulfilled_on)') }} as date) as earliest_on
    from without_orders_since
),

orders_before as (
    select
        unordered.business_product_id, unordered.product_key,
        count(distinct items.order_id) as orders_before
    from {{ items }} as items
    cross join bounds
    inner join without_orders_since as unordered
        on items.business_product_id = unordered.business_product_id
        and items.product_key = unordered.product_key
    where items.ordered_on <= bounds.last_day
        and items.ordered_on > (select earliest_on from days_before)
        and items.ordered_at <= unordered.last_unfulfilled_at
        and {{ dbt.datediff('items.ordered_on', 'unordered.last_unfulfilled_on', 'day') }} < 28
    group by unordered.business_product_id, unordered.product_key
),

statuses as (
    select
        episodes.business_product_id, episodes.product_key,
        case
            when orders_before.orders_before
                * ({{ dbt.datediff('episodes.last_unfulfilled_on', 'bounds.last_day', 'day') }} - 1)
                >= 3 * 28
                then 'SILENT'
            when shipments.last_shipped_at is null
                or shipments.last_shipped_at < episodes.last_unfulfilled_at
                then 'ONGOING'
            when episodes.episodes >= 2 then 'INTERMITTENT'
            else 'RECOVERED'
        end as stockout_status
    from episodes
    cross join bounds
    left join shipments
        on episodes.business_product_id = shipments.business_product_id
        and episodes.product_key = shipments.product_key
    left join orders_before
        on episodes.business_product_id = orders_before.business_product_id
        and episodes.product_key = orders_before.product_key
)
{%- endmacro %}
