-- One row per return package and line that failed to arrive in the window.
with lines as (
    select distinct
        i.business_product_id,
        i.order_id,
        i.line_item_id,
        i.product_key,
        i.currency_code,
        p.sku,
        p.product_title
    from marts.fct_delivery_items as i
    left join marts.dim_products as p
        on
            i.business_product_id = p.business_product_id
            and i.product_key = p.product_key
)

select
    r.business_product_id,
    i.currency_code,
    i.product_key,
    i.sku,
    i.product_title,
    r.order_id,
    r.return_id,
    r.reason,
    r.units,
    cast(timezone($timezone, timezone('UTC', r.failed_at)) as date) as failed_on
from marts.fct_return_packages as r
left join lines as i
    on
        r.business_product_id = i.business_product_id
        and r.order_id = i.order_id
        and r.line_item_id = i.line_item_id
where
    r.state = 'FAILED'
    and cast(timezone($timezone, timezone('UTC', r.failed_at)) as date)
    between $first_day and $last_day
order by failed_on desc, r.order_id, r.return_id
