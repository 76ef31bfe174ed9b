-- Grain: business_product_id, product_key. Products of whose stock Amazon has told, as last told; cover
-- counts from then, at the demand of the last day run. Stock below 0 covers nothing.
with told as (
    select
        business_product_id, product_key, day, buyable_units, is_buyable,
        row_number() over (
            partition by business_product_id, product_key order by day desc
        ) as recency
    from {{ ref('agg_told_stock') }}
    where buyable_units is not null
),

covered as (
    select
        told.business_product_id, told.product_key, told.buyable_units, told.is_buyable,
        told.day as told_on, days.demand_per_day,
        least(
            greatest(told.buyable_units, 0) / nullif(days.demand_per_day, 0), 365
        ) as days_of_cover
    from told
    cross join {{ ref('agg_report_window') }} as report_window
    left join {{ ref('fct_product_days') }} as days
        on told.business_product_id = days.business_product_id
        and told.product_key = days.product_key and report_window.last_day = days.day
    where told.recency = 1
)

select
    covered.business_product_id, covered.product_key, products.sku, products.product_title,
    cast(covered.buyable_units as decimal(18, 3)) as buyable_units,
    covered.is_buyable = 1 as is_buyable, covered.told_on, covered.demand_per_day,
    covered.days_of_cover,
    case
        when covered.days_of_cover < 365
            then cast({{ dbt.dateadd(
                'day', 'cast(floor(covered.days_of_cover) as integer)', 'covered.told_on'
            ) }} as date)
    end as lasts_until
from covered
left join {{ ref('dim_products') }} as products
    on covered.business_product_id = products.business_product_id
    and covered.product_key = products.product_key
