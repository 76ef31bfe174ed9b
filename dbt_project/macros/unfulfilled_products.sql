{#
    The products that couldn't be fulfilled in a window of days: one text for the report and for the
    function that analysts call for any other window.

    bounds: a query of one row with first_day and last_day, days of the merchant, both included.
#}
{% macro unfulfilled_products(items, products, bounds) -%}
with bounds as (
    {{ bounds }}
),

{% set is_unfulfilled -%}
    items.root_cause = 'STOCK'
    and items.cancelled_on between bounds.first_day and bounds.last_day
{%- endset %}
{% set is_resolved -%}
    items.resolved_on between bounds.first_day and bounds.last_day
{%- endset %}
items_of_window as (
    select
        items.business_product_id, coalesce(items.product_key, 'UNKNOWN') as product_key,
        items.currency_code, items.units, items.unit_price, items.root_cause,
        coalesce(items.cancelled_at, items.resolved_at) as unfulfilled_at,
        {{ is_unfulfilled }} as is_unfulfilled, {{ is_resolved }} as is_resolved,
        case
            when items.delivery_reason = 'UNFULFILLABLE' and items.is_shared_delivery then 'shared'
            when items.delivery_reason = 'UNFULFILLABLE' then 'direct'
            else 'merchant_declared'
        end as evidence
    from {{ decided_or_cancelled_since(items) }} as items
    cross join bounds
),

-- What happened in the window, per product and currency.
units_of_window as (
    select
        business_product_id, product_key, currency_code,
        sum(case when is_unfulfilled then units end) as unfulfilled_units,
        sum(case when is_unfulfilled and evidence = 'direct' then units else 0 end) as direct_units,
        sum(case when is_unfulfilled and evidence = 'shared' then units else 0 end) as shared_units,
        sum(case when is_unfulfilled and evidence = 'merchant_declared' then units else 0 end)
            as declared_units,
        sum(case when is_resolved then units end) as resolved_units,
        sum(
            case
                when is_resolved and root_cause in ('SHOPPER_CHOICE', 'SHOPPER_MISTAKE')
                    then units
                else 0
            end
        ) as unwanted_units,
        sum(case when is_unfulfilled then units * unit_price end) as lost_sales,
        {{ ratio(
            'sum(units * unit_price)', 'sum(case when unit_price is not null then units end)'
        ) }} as mean_price,
        min(case when is_unfulfilled then unfulfilled_at end) as first_unfulfilled_at,
        max(case when is_unfulfilled then unfulfilled_at end) as last_unfulfilled_at
    from items_of_window
    where is_unfulfilled or is_resolved
    group by business_product_id, product_key, currency_code
),

orders_of_window as (
    select
        items.business_product_id, coalesce(items.product_key, 'UNKNOWN') as product_key,
        items.currency_code, items.order_id,
        max(case when {{ is_unfulfilled }} then 1 else 0 end) as is_affected
    from {{ decided_or_cancelled_since(items) }} as items
    cross join bounds
    where ({{ is_unfulfilled }}) or ({{ is_resolved }})
    group by
        items.business_product_id, coalesce(items.product_key, 'UNKNOWN'), items.currency_code,
        items.order_id
),

counted_orders as (
    select
        business_product_id, product_key, currency_code, count(*) as orders,
        sum(is_affected) as affected_orders
    from orders_of_window
    group by business_product_id, product_key, currency_code
),

windowed as (
    select units.*, orders.orders, cast(orders.affected_orders as bigint) as affected_orders
    from units_of_window as units
    inner join counted_orders as orders
        on units.business_product_id = orders.business_product_id
        and units.product_key = orders.product_key
        and coalesce(units.currency_code, '') = coalesce(orders.currency_code, '')
),

-- How the store's products differ: a Beta-binomial by the method of moments, over orders.
sums as (
    select
        business_product_id, count(*) as products,
        cast(sum(affected_orders) as double precision) as x,
        cast(sum(orders) as double precision) as n,
        cast(sum(orders * orders) as double precision) as n_squared,
        -- Decimals, because a sum of doubles depends on the order of its rows.
        cast(sum(cast({{ ratio('affected_orders * affected_orders', 'orders') }} as decimal(38, 15)))
            as double precision) as x_squared_by_n,
        sum(unfulfilled_units) as unfulfilled_units
    from windowed
    group by business_product_id
),

moments as (
    select
        business_product_id, x / n as mean,
        products >= 20 and unfulfilled_units >= 30 and x < n and n_squared < n * n as is_fitted,
        (x_squared_by_n - x * x / n) / nullif(products - 1, 0) as s_squared,
        (n - n_squared / n) / nullif(products - 1, 0) as m
    from sums
),

variances as (
    select
        business_product_id, mean, is_fitted and m > 1 as is_fitted,
        case when m > 1 then (s_squared - mean * (1 - mean)) / (m - 1) end as between_products,
        -- So many orders that 1 of 1 never outranks 10 of 100: M > 10 / (1 - 11 mean); 20 at least,
        -- 100 at most, for near a mean of 1 in 11 ten of a hundred is nothing unusual.
        least(greatest(10.5 / greatest(1 - 11 * mean, 0.105), 20), 100) as least_weight
    from moments
),

-- Prior: how many orders the store's mean weighs. NULL: the products are indistinguishable.
priors as (
    select
        business_product_id, mean,
        case
            when not is_fitted or between_products is null then least_weight
            when between_products > mean * (1 - mean) / 1000000
                then greatest(mean * (1 - mean) / between_products - 1, least_weight)
        end as weight
    from variances
),

smoothed as (
    select
        windowed.business_product_id, windowed.product_key, windowed.currency_code, priors.mean,
        priors.weight is null as is_indistinguishable,
        windowed.affected_orders + coalesce(priors.mean * priors.weight, 0) as alpha,
        windowed.orders - windowed.affected_orders + coalesce((1 - priors.mean) * priors.weight, 0)
            as beta
    from windowed
    inner join priors on windowed.business_product_id = priors.business_product_id
    where windowed.affected_orders > 0
),

rates as (
    select
        business_product_id, product_key, currency_code,
        case when is_indistinguishable then mean else alpha / (alpha + beta) end as rate_eb,
        case when is_indistinguishable then mean else {{ beta_quantile(0.1, 'alpha', 'beta') }} end
            as rate_low,
        case when is_indistinguishable then mean else {{ beta_quantile(0.9, 'alpha', 'beta') }} end
            as rate_high
    from smoothed
),

-- What followed the last time, per product: its last shipment, looked for further back only where
-- the last 90 days have none.
recent_shipments as (
    select
        items.business_product_id, coalesce(items.product_key, 'UNKNOWN') as product_key,
        max(items.shipped_at) as last_shipped_at
    from {{ items }} as items
    cross join bounds
    where items.shipped_on <= bounds.last_day
        and items.shipped_on > cast({{ dbt.dateadd('day', -90, 'bounds.last_day') }} as date)
    group by items.business_product_id, coalesce(items.product_key, 'UNKNOWN')
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
        and coalesce(items.product_key, 'UNKNOWN') = unshipped.product_key
    where items.shipped_on <= cast({{ dbt.dateadd('day', -90, 'bounds.last_day') }} as date)
    group by unshipped.business_product_id, unshipped.product_key
),

unfulfilled_days as (
    select
        items.business_product_id, coalesce(items.product_key, 'UNKNOWN') as product_key,
        items.cancelled_on,
        max(coalesce(items.cancelled_at, items.resolved_at)) as unfulfilled_at,
        lag(items.cancelled_on) over (
            partition by items.business_product_id, coalesce(items.product_key, 'UNKNOWN')
            order by items.cancelled_on
        ) as previous_on
    from {{ items }} as items
    cross join bounds
    where items.root_cause = 'STOCK' and items.cancelled_on <= bounds.last_day
        and items.cancelled_on > cast({{ dbt.dateadd('day', -90, 'bounds.last_day') }} as date)
    group by
        items.business_product_id, coalesce(items.product_key, 'UNKNOWN'), items.cancelled_on
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
        items.business_product_id, coalesce(items.product_key, 'UNKNOWN') as product_key,
        max(items.ordered_at) as last_ordered_at
    from {{ items }} as items
    cross join bounds
    where items.ordered_on <= bounds.last_day
        and items.ordered_on > cast({{ dbt.dateadd('day', -90, 'bounds.last_day') }} as date)
    group by items.business_product_id, coalesce(items.product_key, 'UNKNOWN')
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
        and coalesce(items.product_key, 'UNKNOWN') = unordered.product_key
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
),

demand as (
    select
        windowed.business_product_id, windowed.product_key, windowed.currency_code,
        windowed.mean_price,
        {{ ratio(
            'windowed.resolved_units - windowed.unwanted_units',
            dbt.datediff('bounds.first_day', 'bounds.last_day', 'day') ~ ' + 1'
        ) }} as demand_per_day
    from windowed
    cross join bounds
),

priced as (
    select
        windowed.*, rates.rate_eb, rates.rate_low, rates.rate_high, demand.demand_per_day,
        cast(demand.demand_per_day * 28 * rates.rate_eb * demand.mean_price as decimal(18, 4))
            as revenue_at_risk
    from windowed
    inner join rates
        on windowed.business_product_id = rates.business_product_id
        and windowed.product_key = rates.product_key
        and coalesce(windowed.currency_code, '') = coalesce(rates.currency_code, '')
    inner join demand
        on windowed.business_product_id = demand.business_product_id
        and windowed.product_key = demand.product_key
        and coalesce(windowed.currency_code, '') = coalesce(demand.currency_code, '')
)

select
    priced.business_product_id, priced.product_key, priced.currency_code, names.sku,
    names.product_title,
    cast(priced.unfulfilled_units as decimal(18, 3)) as unfulfilled_units,
    cast(case when priced.unfulfilled_units is not null then priced.direct_units end as decimal(18, 3))
        as unfulfilled_units_direct,
    cast(case when priced.unfulfilled_units is not null then priced.shared_units end as decimal(18, 3))
        as unfulfilled_units_shared,
    cast(case when priced.unfulfilled_units is not null then priced.declared_units end as decimal(18, 3))
        as unfulfilled_units_merchant_declared,
    priced.affected_orders,
    cast(priced.resolved_units as decimal(18, 3)) as resolved_units,
    {{ ratio('priced.unfulfilled_units', 'priced.resolved_units') }} as unfulfillable_rate,
    priced.rate_eb as unfulfillable_rate_eb, priced.rate_low, priced.rate_high,
    priced.orders as resolved_orders,
    cast(priced.lost_sales as decimal(18, 4)) as lost_sales,
    priced.demand_per_day, priced.revenue_at_risk,
    priced.first_unfulfilled_at, priced.last_unfulfilled_at, shipments.last_shipped_at,
    coalesce(statuses.stockout_status, 'NONE') as stockout_status,
    row_number() over (
        partition by priced.business_product_id, priced.currency_code
        order by
            priced.revenue_at_risk desc nulls last, priced.lost_sales desc nulls last,
            priced.unfulfilled_units desc nulls last, priced.product_key
    ) as rank
from priced
left join {{ products }} as names
    on priced.business_product_id = names.business_product_id
    and priced.product_key = names.product_key
left join shipments
    on priced.business_product_id = shipments.business_product_id
    and priced.product_key = shipments.product_key
left join statuses
    on priced.business_product_id = statuses.business_product_id
    and priced.product_key = statuses.product_key
{%- endmacro %}

{#
    What was decided since the window's first day, or before and cancelled since: two searches, each
    by one day, so that what lies before is not read. Text, because what several ask of one common
    table is kept whole.
#}
{% macro decided_or_cancelled_since(items) -%}
    (
        select items.*
        from {{ items }} as items
        cross join bounds
        where items.resolved_on >= bounds.first_day
        union all
        select items.*
        from {{ items }} as items
        cross join bounds
        where items.cancelled_on >= bounds.first_day and items.resolved_on < bounds.first_day
    )
{%- endmacro %}
