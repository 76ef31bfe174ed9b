-- Grain: business_product_id.
with used as (
    select
        business_product_id, currency_code,
        row_number() over (
            partition by business_product_id
            order by count(currency_code) desc, currency_code
        ) as place
    from {{ ref('fct_delivery_items') }}
    group by business_product_id, currency_code
)

select business_product_id, currency_code
from used
where place = 1
