-- One row per store and currency with returned units graded in the window: how many are stock again.
with lines as (
    select distinct
        business_product_id,
        order_id,
        line_item_id,
        currency_code
    from marts.fct_delivery_items
)

select
    r.business_product_id,
    i.currency_code,
    sum(r.graded_units) as graded_units,
    sum(r.sellable_units) as sellable_units
from marts.fct_return_items as r
left join lines as i
    on
        r.business_product_id = i.business_product_id
        and r.order_id = i.order_id
        and r.line_item_id = i.line_item_id
where
    r.graded_units > 0
    and cast(timezone($timezone, timezone('UTC', coalesce(r.graded_at, r.snapshot_at))) as date)
    between $first_day and $last_day
group by all
order by all
