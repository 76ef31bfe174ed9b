{{ config(
    materialized='incremental', incremental_strategy='replace_periods', period='day',
    period_column='shipped_on'
) }}
-- depends_on: {{ ref('stg_changed_days') }}
-- Grain: shipped_on, days_to_ship: whole days, rounded up, from order to shipping. Delivery items.
select
    shipped_on,
    ceil({{ hours_between('ordered_at', 'shipped_at') }} / 24) as days_to_ship,
    count(*) as items
from {{ of_changed_periods(ref('fct_delivery_items'), 'day', 'shipped_on') }}
where shipped_on is not null and ordered_at is not null
group by shipped_on, days_to_ship
