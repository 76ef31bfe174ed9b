-- One row per return, line and reason of a package that failed to arrive in the window; ids only.
select distinct
    r.business_product_id,
    i.currency_code,
    r.order_id,
    r.return_id,
    r.reason,
    r.units,
    coalesce(p.sku, i.product_key) as sku,
    cast(timezone($timezone, timezone('UTC', coalesce(r.failed_at, r.snapshot_at))) as date)
        as failed_on
from marts.fct_return_packages as r
left join marts.fct_delivery_items as i
    on
        r.business_product_id = i.business_product_id
        and r.order_id = i.order_id
        and r.line_item_id = i.line_item_id
left join marts.dim_products as p
    on
        i.business_product_id = p.business_product_id
        and i.product_key = p.product_key
where
    (r.failed_at is not null or r.state = 'FAILED')
    and cast(timezone($timezone, timezone('UTC', coalesce(r.failed_at, r.snapshot_at))) as date)
    between $first_day and $last_day
order by failed_on desc, r.order_id, r.return_id, sku
