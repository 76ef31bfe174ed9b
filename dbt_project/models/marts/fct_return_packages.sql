{{ replaces_orders() }}
with times as (
    select
        business_product_id, order_id, resource_type, resource_id,
        min(case when event_type = 'RETURN_PACKAGE_DELIVERY_FAILED' then event_time end)
            as failed_at,
        min(case when event_type = 'RETURN_PACKAGE_DELIVERED' then event_time end) as delivered_at
    from {{ ref('int_business_events') }}
    where event_type in ('RETURN_PACKAGE_DELIVERY_FAILED', 'RETURN_PACKAGE_DELIVERED')
    group by business_product_id, order_id, resource_type, resource_id
)

select
    packages.business_product_id, packages.order_id, packages.return_id,
    packages.return_package_id, packages.line_item_id, packages.return_state, packages.state,
    packages.reason, packages.carrier_code, packages.units,
    coalesce(of_package.failed_at, of_return.failed_at) as failed_at,
    coalesce(of_package.delivered_at, of_return.delivered_at) as delivered_at,
    packages.snapshot_at
from {{ ref('int_return_packages') }} as packages
left join times as of_package
    on packages.business_product_id = of_package.business_product_id
    and packages.order_id = of_package.order_id
    and packages.return_package_id = of_package.resource_id
    and of_package.resource_type <> 'return'
-- An event filed under the return tells of its package when there is one only.
left join times as of_return
    on packages.business_product_id = of_return.business_product_id
    and packages.order_id = of_return.order_id
    and packages.return_id = of_return.resource_id
    and of_return.resource_type = 'return'
    and packages.packages_of_return = 1
