-- Grain: business_product_id, order_id, return_id, line_item_id, failed_on, reason.
with failed as (
    select
        packages.business_product_id, packages.order_id, packages.return_id,
        packages.line_item_id, packages.reason, packages.units,
        {{ local_day('coalesce(packages.failed_at, packages.snapshot_at)', 'run.timezone') }}
            as failed_on
    from {{ ref('fct_return_packages') }} as packages
    cross join {{ ref('agg_report_window') }} as run
    where {{ is_failed_return('packages') }}
),

lines as (
    select
        business_product_id, order_id, line_item_id, min(product_key) as product_key,
        min(currency_code) as currency_code
    from {{ ref('fct_delivery_items') }}
    where (business_product_id, order_id) in (select business_product_id, order_id from failed)
    group by business_product_id, order_id, line_item_id
)

select
    failed.failed_on, failed.business_product_id, failed.order_id, failed.return_id,
    failed.line_item_id, failed.reason, lines.currency_code, lines.product_key, products.sku,
    cast(sum(failed.units) as decimal(18, 3)) as failed_units
from failed
left join lines
    on failed.business_product_id = lines.business_product_id
    and failed.order_id = lines.order_id
    and failed.line_item_id = lines.line_item_id
left join {{ ref('dim_products') }} as products
    on lines.business_product_id = products.business_product_id
    and lines.product_key = products.product_key
group by
    failed.failed_on, failed.business_product_id, failed.order_id, failed.return_id,
    failed.line_item_id, failed.reason, lines.currency_code, lines.product_key, products.sku
