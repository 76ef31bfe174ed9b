-- Grain: business_product_id, product_key, day. The merchant's days from the product's first decided
-- order to the last day run.
with ordered as (
    select business_product_id, product_key, ordered_on as day, sum(units) as ordered_units
    from {{ ref('fct_delivery_items') }}
    where ordered_on is not null
    group by business_product_id, product_key, ordered_on
),

shipped as (
    select business_product_id, product_key, shipped_on as day, sum(units) as shipped_units
    from {{ ref('fct_delivery_items') }}
    where shipped_on is not null
    group by business_product_id, product_key, shipped_on
),

unfulfilled as (
    select
        business_product_id, product_key, cancelled_on as day,
        sum(
            case when delivery_reason = 'UNFULFILLABLE' and not is_shared_delivery then units end
        ) as direct_units,
        sum(
            case when delivery_reason = 'UNFULFILLABLE' and is_shared_delivery then units end
        ) as shared_units,
        sum(
            case when coalesce(delivery_reason, '') <> 'UNFULFILLABLE' then units end
        ) as declared_units
    from {{ ref('fct_delivery_items') }}
    where root_cause = 'STOCK' and cancelled_on is not null
    group by business_product_id, product_key, cancelled_on
)

select
    states.business_product_id, states.product_key, states.day,
    cast(coalesce(ordered.ordered_units, 0) as decimal(18, 3)) as ordered_units,
    cast(coalesce(shipped.shipped_units, 0) as decimal(18, 3)) as shipped_units,
    cast(coalesce(unfulfilled.direct_units, 0) as decimal(18, 3)) as unfulfilled_units_direct,
    cast(coalesce(unfulfilled.shared_units, 0) as decimal(18, 3)) as unfulfilled_units_shared,
    cast(coalesce(unfulfilled.declared_units, 0) as decimal(18, 3))
        as unfulfilled_units_merchant_declared,
    states.in_stock_probability, states.demand_units, states.demand_per_day, states.demand_low,
    states.demand_high, states.demand_days, states.missed_orders, states.units_at_risk,
    states.stockout_status, states.is_listed
from {{ ref('agg_product_states') }} as states
left join ordered
    on states.business_product_id = ordered.business_product_id
    and states.product_key = ordered.product_key and states.day = ordered.day
left join shipped
    on states.business_product_id = shipped.business_product_id
    and states.product_key = shipped.product_key and states.day = shipped.day
left join unfulfilled
    on states.business_product_id = unfulfilled.business_product_id
    and states.product_key = unfulfilled.product_key and states.day = unfulfilled.day
