-- One row per delivery item decided or cancelled in the half year up to the window's last day, or in
-- the window and the equally long time before it where that is more. Titles are those that the
-- product has now.
create or replace temp table items as
select
    i.business_product_id,
    coalesce(i.currency_code, s.currency_code) as currency_code,
    i.order_id,
    i.line_item_id,
    coalesce(i.product_key, 'UNKNOWN') as product_key,
    p.sku,
    p.product_title,
    i.root_cause,
    i.last_milestone,
    i.units,
    i.units * i.unit_price as sales,
    i.ordered_at,
    i.promised_at,
    i.shipped_at,
    i.delivered_at,
    i.delivered_on,
    i.resolved_on,
    case when i.root_cause is not null then i.cancelled_on end as cancelled_on
from marts.fct_delivery_items as i
inner join stores as s on i.business_product_id = s.business_product_id
left join marts.dim_products as p
    on
        i.business_product_id = p.business_product_id
        and i.product_key = p.product_key
where
    greatest(i.resolved_on, i.cancelled_on, i.delivered_on)
    >= least($last_day - 182, $first_day - cast($last_day - $first_day + 1 as integer))
    and least(i.resolved_on, i.cancelled_on) <= $last_day
