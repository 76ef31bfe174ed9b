-- One row per store, currency and product decided or cancelled in the window, in the last week or in
-- the 90 days before that week. Recent counts are of the window's last 7 days.
select
    business_product_id,
    currency_code,
    product_key,
    any_value(sku) as sku,
    any_value(product_title) as product_title,
    count(distinct order_id) filter (
        where resolved_on between $first_day and $last_day
        or cancelled_on between $first_day and $last_day
    ) as orders,
    count(distinct order_id) filter (
        where root_cause = 'STOCK' and cancelled_on between $first_day and $last_day
    ) as unfulfilled_orders,
    count(distinct order_id) filter (
        where root_cause in ('SHOPPER_CHOICE', 'SHOPPER_MISTAKE')
        and cancelled_on between $first_day and $last_day
    ) as shopper_orders,
    sum(units) filter (
        where root_cause in ('SHOPPER_CHOICE', 'SHOPPER_MISTAKE')
        and cancelled_on between $first_day and $last_day
    ) as shopper_units,
    sum(sales) filter (
        where root_cause in ('SHOPPER_CHOICE', 'SHOPPER_MISTAKE')
        and cancelled_on between $first_day and $last_day
    ) as shopper_sales,
    count(distinct order_id) filter (
        where shipped_at is not null and resolved_on between $first_day and $last_day
    ) as shipped_orders,
    count(distinct order_id) filter (
        where root_cause = 'DELIVERY_FAILURE' and cancelled_on between $first_day and $last_day
    ) as failed_orders,
    sum(units) filter (
        where root_cause = 'DELIVERY_FAILURE' and cancelled_on between $first_day and $last_day
    ) as failed_units,
    sum(sales) filter (
        where root_cause = 'DELIVERY_FAILURE' and cancelled_on between $first_day and $last_day
    ) as failed_sales,
    string_agg(
        distinct lower(replace(last_milestone, '_', ' ')), ', '
        order by lower(replace(last_milestone, '_', ' '))
    ) filter (
        where root_cause = 'DELIVERY_FAILURE' and cancelled_on between $first_day and $last_day
    ) as failed_milestones,
    count(distinct order_id) filter (
        where root_cause = 'STOCK' and cancelled_on between $last_day - 6 and $last_day
    ) as recent_unfulfilled_orders,
    count(distinct order_id) filter (where resolved_on between $last_day - 6 and $last_day)
        as recent_orders,
    count(distinct order_id) filter (
        where root_cause = 'STOCK' and cancelled_on between $last_day - 96 and $last_day - 7
    ) as baseline_unfulfilled_orders,
    count(distinct order_id) filter (where resolved_on between $last_day - 96 and $last_day - 7)
        as baseline_orders
from items
group by all
order by all
