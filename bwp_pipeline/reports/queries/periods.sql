-- One row per store, currency and period: the window (0) and the equally long time before it (1).
-- Counts of orders are of orders decided in the period or cancelled in it.
with period as (
    select
        p.periods_ago,
        $first_day - cast(p.periods_ago * ($last_day - $first_day + 1) as integer) as first_day,
        $last_day - cast(p.periods_ago * ($last_day - $first_day + 1) as integer) as last_day
    from (values (0), (1)) as p (periods_ago)
),

clocked as (
    select
        i.*,
        p.periods_ago,
        i.resolved_on between p.first_day and p.last_day as is_resolved,
        coalesce(i.cancelled_on between p.first_day and p.last_day, false) as is_cancelled
    from items as i
    inner join period as p
        on
            i.resolved_on between p.first_day and p.last_day
            or i.cancelled_on between p.first_day and p.last_day
),

orders as (
    select
        business_product_id,
        currency_code,
        periods_ago,
        order_id,
        bool_or(is_cancelled) as is_cancelled,
        bool_or(is_cancelled and root_cause = 'STOCK') as is_unfulfilled,
        coalesce(sum(units) filter (where is_resolved), 0) as resolved_units,
        coalesce(sum(units) filter (where is_cancelled), 0) as cancelled_units,
        coalesce(sum(units) filter (where is_cancelled and root_cause = 'STOCK'), 0)
            as unfulfilled_units,
        coalesce(
            sum(units) filter (
                where is_resolved
                and root_cause in ('SHOPPER_CHOICE', 'SHOPPER_MISTAKE', 'ADDRESS', 'PAYMENT')
            ),
            0
        ) as withdrawn_units,
        coalesce(sum(sales) filter (where is_cancelled and root_cause = 'STOCK'), 0) as lost_sales
    from clocked
    group by all
)

select
    business_product_id,
    currency_code,
    periods_ago,
    count(*) as orders,
    count(*) filter (where is_cancelled) as cancelled_orders,
    count(*) filter (where is_unfulfilled) as unfulfilled_orders,
    sum(resolved_units) as resolved_units,
    sum(cancelled_units) as cancelled_units,
    sum(unfulfilled_units) as unfulfilled_units,
    sum(withdrawn_units) as withdrawn_units,
    sum(lost_sales) as lost_sales,
    cast(sum(lost_sales * lost_sales) as double) as lost_sales_squares
from orders
group by all
order by all
