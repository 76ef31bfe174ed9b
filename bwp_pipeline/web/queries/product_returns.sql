-- One row per reason of the product's returns: units, and how many of them can be sold again.
select
    returns.return_reason, sum(returns.units) as units, sum(returns.sellable_units) as sellable_units
from marts.fct_return_items as returns
inner join (
    select distinct business_product_id, order_id, line_item_id
    from marts.fct_delivery_items
    where business_product_id = $store and product_key = $product_key
) as items using (business_product_id, order_id, line_item_id)
group by all
order by units desc nulls last, return_reason
