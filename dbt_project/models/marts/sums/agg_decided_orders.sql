{{ replaces_periods('day', 'day', ['fct_delivery_items']) }}
-- Grain: business_product_id, product_key, order_id, day. An order counts for a product on the day
-- on which it was decided: events tell of an order when it ships or stops, so orders by the day they
-- were placed would always look few at the end. What the shopper took back was not wanted, what the
-- merchant delivers itself is none of Amazon's stock, and UNKNOWN is no product that can be out.
with dated as (
    {{ items_by_clocks(ref('fct_delivery_items'), 'day', ['resolved', 'cancelled']) }}
),

items as (
    select
        business_product_id, product_key, order_id, delivery_id, day, units, shipped_on,
        delivery_reason, coalesce(root_cause = 'STOCK', false) as is_stopped, is_shared_delivery
    from dated
    where (clock = 'resolved' or resolved_on is null)
        and product_key <> 'UNKNOWN'
        and not coalesce({{ is_shoppers_choice('root_cause') }}, false)
        and {{ is_amazons('delivery_provider') }}
),

-- What a merchant declares covers the whole order, so one of several products shares it, on
-- whatever day the others stopped.
products_of_orders as (
    select business_product_id, order_id, count(distinct product_key) as products
    from {{ ref('fct_delivery_items') }}
    where
        root_cause = 'STOCK' and product_key <> 'UNKNOWN'
        and coalesce(resolved_on, cancelled_on) is not null
        and {{ is_amazons('delivery_provider') }}
        and (business_product_id, order_id) in (
            select business_product_id, order_id
            from items
            where is_stopped and coalesce(delivery_reason, '') <> 'UNFULFILLABLE'
        )
    group by business_product_id, order_id
),

judged as (
    select
        items.business_product_id, items.product_key, items.order_id, items.day, items.units,
        items.is_stopped, items.shipped_on is not null as is_shipped,
        items.is_stopped and items.delivery_reason = 'UNFULFILLABLE'
            and not items.is_shared_delivery as is_direct,
        items.is_stopped and coalesce(items.delivery_reason, '') <> 'UNFULFILLABLE'
            and products_of_orders.products = 1 as is_declared
    from items
    left join products_of_orders
        on items.business_product_id = products_of_orders.business_product_id
        and items.order_id = products_of_orders.order_id
)

select
    business_product_id, product_key, order_id, day,
    cast(sum(units) as double) as units,
    max(case when is_shipped and not is_stopped then 1 else 0 end) as shipped,
    max(case when is_direct then 1 else 0 end) as direct,
    max(case when is_declared and not is_direct then 1 else 0 end) as declared,
    case
        when max(case when is_direct or is_declared then 1 else 0 end) = 0
            then max(case when is_stopped then 1 else 0 end)
        else 0
    end as shared
from judged
group by business_product_id, product_key, order_id, day
