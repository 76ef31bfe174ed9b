{{ replaces_periods('day', 'day', ['fct_delivery_items']) }}
-- Grain: day, business_product_id, currency_code. An order counts once on a day, so an item without a
-- price goes with its store's most frequent currency.
select
    items.resolved_on as day, items.business_product_id,
    coalesce(items.currency_code, currencies.currency_code) as currency_code,
    count(distinct items.order_id) as decided_orders,
    count(distinct items.order_id)
        filter (where items.root_cause is not null and items.shipped_at is null) as stopped_orders
from {{ of_changed_periods(ref('fct_delivery_items'), 'day', 'resolved_on') }} as items
left join {{ ref('store_currencies') }} as currencies
    on items.business_product_id = currencies.business_product_id
where items.resolved_on is not null
group by
    items.resolved_on, items.business_product_id,
    coalesce(items.currency_code, currencies.currency_code)
