-- One row per store with its most frequent currency, where its items without one are reported: they
-- have no price either, so they add units and never money.
create or replace temp table stores as
with used as (
    select
        business_product_id,
        currency_code,
        row_number() over (
            partition by business_product_id
            order by count(*) filter (where currency_code is not null) desc, currency_code
        ) as place
    from marts.fct_delivery_items
    group by business_product_id, currency_code
)

select
    business_product_id,
    currency_code
from used
where place = 1
