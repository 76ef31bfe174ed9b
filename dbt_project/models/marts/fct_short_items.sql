{{ replaces_periods('day', 'decided_on', ['fct_delivery_items', 'agg_product_states']) }}
-- Grain: business_product_id, order_id, delivery_id, line_item_id. Items that stopped for want of stock
-- on the day on which they did, and how likely their product was the one that was missing.
with dated as (
    {{ items_by_clocks(ref('fct_delivery_items'), 'day', ['resolved', 'cancelled']) }}
),

items as (
    select
        business_product_id, order_id, delivery_id, line_item_id, product_key, day as decided_on,
        units, {{ evidence('delivery_reason', 'is_shared_delivery') }} as evidence
    from dated
    where (clock = 'resolved' or resolved_on is null)
        and root_cause = 'STOCK'
        and {{ is_amazons('delivery_provider') }}
),

inferred as (
    select business_product_id, product_key, day, {{ each_struct('short_orders') }}
    from {{ of_changed_periods(ref('agg_product_states'), 'day', 'day') }}
)

select
    items.business_product_id, items.order_id, items.delivery_id, items.line_item_id,
    items.product_key, items.decided_on, items.evidence, items.units,
    case
        when orders.direct = 1 or orders.declared = 1 then 1 else inferred.probability_short
    end as probability_short
from items
left join {{ of_changed_periods(ref('agg_decided_orders'), 'day', 'day') }} as orders
    on items.business_product_id = orders.business_product_id
    and items.order_id = orders.order_id and items.product_key = orders.product_key
    and items.decided_on = orders.day
left join inferred
    on items.business_product_id = inferred.business_product_id
    and items.order_id = inferred.order_id and items.product_key = inferred.product_key
    and items.decided_on = inferred.day
