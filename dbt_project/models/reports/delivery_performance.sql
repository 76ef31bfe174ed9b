with items as (
    select
        business_product_id, coalesce(product_key, 'UNKNOWN') as product_key, delivery_id,
        cast({{ dbt.date_trunc('week', 'shipped_on') }} as date) as week_start, units, delivered_at,
        delivered_at is not null or state = 'DELIVERED' as is_delivered,
        state = 'CANCELLED' and delivery_reason = 'UNDELIVERABLE' as is_undeliverable,
        delivered_at is not null and promised_at is not null as is_judged,
        delivered_at > promised_at as is_late,
        {{ hours_between('ordered_at', 'shipped_at') }} as order_to_ship_hours,
        {{ hours_between('shipped_at', 'delivered_at') }} as ship_to_deliver_hours
    from {{ ref('fct_delivery_items') }}
    where shipped_on is not null
),

weeks as (
    select
        week_start, business_product_id, product_key,
        count(distinct delivery_id) as shipped_deliveries,
        sum(units) as shipped_units,
        sum(case when is_delivered then units else 0 end) as delivered_units,
        sum(case when is_undeliverable then units else 0 end) as undeliverable_units,
        percentile_cont(0.5) within group (order by order_to_ship_hours) as order_to_ship_hours_p50,
        percentile_cont(0.9) within group (order by order_to_ship_hours) as order_to_ship_hours_p90,
        percentile_cont(0.5) within group (order by ship_to_deliver_hours)
            as ship_to_deliver_hours_p50,
        percentile_cont(0.9) within group (order by ship_to_deliver_hours)
            as ship_to_deliver_hours_p90,
        count(distinct case when is_judged then delivery_id end) as promised_deliveries,
        count(distinct case when is_late then delivery_id end) as late_deliveries
    from items
    group by week_start, business_product_id, product_key
)

select
    weeks.week_start, weeks.business_product_id, weeks.product_key, products.sku,
    products.product_title, weeks.shipped_deliveries,
    cast(weeks.shipped_units as decimal(18, 3)) as shipped_units,
    cast(weeks.delivered_units as decimal(18, 3)) as delivered_units,
    cast(weeks.undeliverable_units as decimal(18, 3)) as undeliverable_units,
    {{ ratio('weeks.undeliverable_units', 'weeks.shipped_units') }} as undeliverable_rate,
    weeks.order_to_ship_hours_p50, weeks.order_to_ship_hours_p90, weeks.ship_to_deliver_hours_p50,
    weeks.ship_to_deliver_hours_p90, weeks.promised_deliveries, weeks.late_deliveries,
    {{ ratio('weeks.late_deliveries', 'weeks.promised_deliveries') }} as promise_miss_rate
from weeks
left join {{ ref('dim_products') }} as products
    on weeks.business_product_id = products.business_product_id
    and weeks.product_key = products.product_key
