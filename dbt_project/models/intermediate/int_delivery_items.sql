-- Grain: business_product_id, order_id, delivery_id, line_item_id in the latest answer.
-- One delivery stands at the order and under each of its lines: under a line only that line's own
-- entry counts, and what stands there goes before what stands at the order.
with deliveries as (
    select *, placed_under is not null as is_under_line,
        entry_line_item_id is not null or units is not null as has_entry
    from {{ ref('int_deliveries') }}
),

lines as (
    select * from {{ ref('int_lines') }} where is_latest
),

counts as (
    select business_product_id, order_id, count(distinct delivery_id) as deliveries
    from deliveries
    group by business_product_id, order_id
),

line_counts as (
    select business_product_id, order_id, count(distinct line_item_id) as lines
    from lines
    group by business_product_id, order_id
),

assigned as (
    select
        business_product_id, order_id, snapshot_at, delivery_id,
        coalesce(entry_line_item_id, placed_under) as line_item_id,
        is_under_line, state, reason, units, has_amount
    from deliveries
    where
        coalesce(entry_line_item_id, placed_under) is not null
        and (not is_under_line or coalesce(entry_line_item_id, placed_under) = placed_under)
    union all
    -- At the order and without amounts: it can only be told whose units it holds when the order
    -- has one delivery or one line.
    select
        deliveries.business_product_id, deliveries.order_id, deliveries.snapshot_at,
        deliveries.delivery_id, lines.line_item_id, deliveries.is_under_line, deliveries.state,
        deliveries.reason, cast(null as decimal(18, 3)) as units, false as has_amount
    from deliveries
    inner join counts
        on deliveries.business_product_id = counts.business_product_id
        and deliveries.order_id = counts.order_id
    inner join line_counts
        on deliveries.business_product_id = line_counts.business_product_id
        and deliveries.order_id = line_counts.order_id
    inner join lines
        on deliveries.business_product_id = lines.business_product_id
        and deliveries.order_id = lines.order_id
    where
        not deliveries.is_under_line and not deliveries.has_entry
        and (counts.deliveries = 1 or line_counts.lines = 1)
),

-- A delivery that names a line twice holds the sum; copies in two places are not added up.
placed as (
    select
        business_product_id, order_id, delivery_id, line_item_id, is_under_line,
        max(snapshot_at) as snapshot_at, min(state) as state, min(reason) as reason,
        sum(units) as units, max(case when has_amount then 1 else 0 end) as amounts
    from assigned
    group by business_product_id, order_id, delivery_id, line_item_id, is_under_line
),

merged as (
    select
        business_product_id, order_id, delivery_id, line_item_id,
        max(snapshot_at) as snapshot_at,
        coalesce(
            max(case when is_under_line then state end), max(case when not is_under_line then state end)
        ) as state,
        coalesce(
            max(case when is_under_line then reason end),
            max(case when not is_under_line then reason end)
        ) as delivery_reason,
        coalesce(
            max(case when is_under_line then units end), max(case when not is_under_line then units end)
        ) as delivery_units,
        max(amounts) as amounts
    from placed
    group by business_product_id, order_id, delivery_id, line_item_id
),

counted as (
    select
        *,
        count(*) over (partition by business_product_id, order_id, line_item_id)
            as deliveries_of_line
    from merged
)

select
    counted.business_product_id, counted.order_id, counted.delivery_id, counted.line_item_id,
    counted.state, counted.delivery_reason,
    coalesce(
        counted.delivery_units,
        -- An amount that is there and not counted in pieces is no amount of the line's either.
        case when counted.deliveries_of_line = 1 and counted.amounts = 0 then lines.ordered_units end
    ) as units,
    lines.ordered_units, lines.product_id, lines.sku, lines.external_id, lines.amazon_sku,
    lines.line_alias, lines.product_title, lines.unit_price, lines.currency_code,
    lines.ordered_at, lines.promised_by, lines.delivery_provider, lines.is_prime_eligible,
    counted.snapshot_at
from counted
left join lines
    on counted.business_product_id = lines.business_product_id
    and counted.order_id = lines.order_id
    and counted.line_item_id = lines.line_item_id
