-- Grain: business_product_id, product_key, day. What Amazon told last on each of the merchant's days.
with told as (
    select
        told.business_product_id, coalesce(keys.product_key, told.product_key) as product_key,
        told.told_at, {{ local_day('told.told_at', 'run.timezone') }} as day,
        min(told.buyable_units) as buyable_units,
        min(case told.buyability when 'BUYABLE' then 1 when 'NOT_BUYABLE' then 0 end) as is_buyable
    from {{ ref('stg_told_stock') }} as told
    cross join {{ ref('stg_run_settings') }} as run
    left join {{ ref('int_product_keys') }} as keys
        on told.business_product_id = keys.business_product_id
        and told.product_id = keys.product_id
    group by all
)

select
    business_product_id, product_key, day,
    max_by(buyable_units, told_at) filter (where buyable_units is not null) as buyable_units,
    cast(
        max_by(is_buyable, told_at) filter (where is_buyable is not null) as double
    ) as is_buyable
from told
where product_key is not null and coalesce(buyable_units, is_buyable) is not null
group by business_product_id, product_key, day
