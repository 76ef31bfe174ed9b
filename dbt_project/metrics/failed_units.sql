with lines as (
    select distinct business_product_id, order_id, line_item_id, product_key, currency_code
    from marts.fct_delivery_items
)

select
    packages.business_product_id, coalesce(lines.product_key, 'UNKNOWN') as product_key,
    packages.reason, packages.carrier_code, lines.currency_code,
    cast(
        (coalesce(packages.failed_at, packages.snapshot_at) at time zone 'UTC')
        at time zone report_window.timezone as date
    ) as failed_on,
    sum(packages.units) as failed_units
from marts.fct_return_packages as packages
cross join meta.report_window as report_window
left join lines
    on packages.business_product_id = lines.business_product_id
    and packages.order_id = lines.order_id
    and packages.line_item_id = lines.line_item_id
where
    (packages.state = 'FAILED' or packages.failed_at is not null)
    and coalesce(packages.state, '') <> 'DELIVERED'
    and (packages.delivered_at is null or packages.delivered_at < packages.failed_at)
group by all
