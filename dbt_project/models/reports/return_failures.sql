with failed as (
    select
        packages.business_product_id, packages.order_id, packages.return_id,
        packages.return_package_id, packages.line_item_id, packages.reason, packages.carrier_code,
        packages.units,
        {{ local_day('coalesce(packages.failed_at, packages.snapshot_at)', 'run.timezone') }}
            as failed_on
    from {{ ref('fct_return_packages') }} as packages
    cross join {{ ref('agg_report_window') }} as run
    where {{ is_failed_return('packages') }}
),

lines as (
    select
        business_product_id, order_id, line_item_id, max(product_key) as product_key,
        max(unit_price) as unit_price, max(currency_code) as currency_code
    from {{ ref('fct_delivery_items') }}
    where (business_product_id, order_id) in (select business_product_id, order_id from failed)
    group by business_product_id, order_id, line_item_id
)

select
    failed.failed_on, failed.business_product_id,
    coalesce(lines.product_key, 'UNKNOWN') as product_key, failed.reason, failed.carrier_code,
    lines.currency_code, max(products.sku) as sku, max(products.product_title) as product_title,
    count(distinct failed.return_package_id) as failed_packages,
    count(distinct failed.order_id) as affected_orders,
    cast(sum(failed.units) as decimal(18, 3)) as failed_units,
    cast(sum(failed.units * lines.unit_price) as decimal(18, 4)) as failed_value
from failed
left join lines
    on failed.business_product_id = lines.business_product_id
    and failed.order_id = lines.order_id
    and failed.line_item_id = lines.line_item_id
left join {{ ref('dim_products') }} as products
    on lines.business_product_id = products.business_product_id
    and lines.product_key = products.product_key
group by
    failed.failed_on, failed.business_product_id, coalesce(lines.product_key, 'UNKNOWN'),
    failed.reason, failed.carrier_code, lines.currency_code
