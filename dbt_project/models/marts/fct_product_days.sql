{{ replaces_periods('day', 'day', ['fct_delivery_items', 'agg_product_states']) }}
{% set counted = [
    'ordered_units', 'shipped_units', 'unfulfilled_units_direct', 'unfulfilled_units_shared',
    'unfulfilled_units_merchant_declared'
] %}
-- Grain: business_product_id, product_key, day. The merchant's days from the product's first decided
-- order to the last day run. A day without a row of counts had none; a count that nobody knows is NULL.
select
    states.business_product_id, states.product_key, states.day,
    {% for units in counted %}
    cast(
        case when counts.product_key is null then 0 else counts.{{ units }} end as decimal(18, 3)
    ) as {{ units }},
    {% endfor %}
    states.in_stock_probability, states.demand_units, states.demand_per_day, states.demand_low,
    states.demand_high, states.demand_days, states.missed_orders, states.units_at_risk,
    states.stockout_status, states.is_listed, told.buyable_units,
    cast(told.is_buyable as boolean) as is_buyable,
    states.dispersion, states.units_per_order
from {{ of_changed_periods(ref('agg_product_states'), 'day', 'day') }} as states
left join {{ of_changed_periods(ref('agg_product_days'), 'day', 'day') }} as counts
    on states.business_product_id = counts.business_product_id
    and states.product_key = counts.product_key and states.day = counts.day
left join {{ of_changed_periods(ref('agg_told_stock'), 'day', 'day') }} as told
    on states.business_product_id = told.business_product_id
    and states.product_key = told.product_key and states.day = told.day
where states.product_key is not null
