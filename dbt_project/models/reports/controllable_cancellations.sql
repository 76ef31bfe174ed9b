-- Grain: day, business_product_id, currency_code.
select
    day, business_product_id, currency_code,
    cast(resolved_units as decimal(18, 3)) as resolved_units,
    cast(cancelled_units as decimal(18, 3)) as cancelled_units,
    cast(controllable_units as decimal(18, 3)) as controllable_units,
    cast(cancelled_units - controllable_units - unclear_units as decimal(18, 3))
        as uncontrollable_units,
    cast(unclear_units as decimal(18, 3)) as unclear_units,
    {{ ratio('controllable_units', 'resolved_units') }} as controllable_cancellation_rate
from {{ ref('agg_daily_figures') }}
where resolved_orders > 0 or cancelled_orders > 0
