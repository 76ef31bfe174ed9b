{{ replaces_periods('day', 'shipped_on', ['fct_delivery_items']) }}
-- Grain: shipped_on, days_to_ship: whole days, rounded up, from order to shipping. Delivery items.
select
    shipped_on,
    ceil({{ hours_between('ordered_at', 'shipped_at') }} / 24) as days_to_ship,
    count(*) as items
from {{ of_changed_periods(ref('fct_delivery_items'), 'day', 'shipped_on') }}
where
    shipped_on is not null and ordered_at is not null
    and {{ is_amazons('delivery_provider') }}
group by shipped_on, days_to_ship
