-- Of what came back and was graded: how much is stock again?
select
    items.product_key, sum(back.graded_units) as graded_units,
    sum(back.sellable_units) as sellable_units,
    round(sum(back.sellable_units) / sum(back.graded_units), 2) as sellable_share
from marts.fct_return_items as back
join (
    select distinct business_product_id, order_id, line_item_id, product_key
    from marts.fct_delivery_items
) as items using (business_product_id, order_id, line_item_id)
where back.graded_units > 0
group by all
order by graded_units desc, items.product_key
limit 8;
