-- Grain: business_product_id, product_key, first_day. Days on which a product was out, at most three
-- others between them. Few days are, so those of all the history are read.
with out_days as (
    select
        business_product_id, product_key, day, shipped_units, demand_units,
        unfulfilled_units_direct + unfulfilled_units_shared + unfulfilled_units_merchant_declared
            as unfulfilled_units,
        lag(day) over (partition by business_product_id, product_key order by day) as former_day
    from {{ ref('fct_product_days') }}
    where stockout_status in ('ONGOING', 'SILENT')
),

numbered as (
    select
        *,
        sum(
            case
                when {{ dbt.dateadd('day', 4, 'former_day') }} >= day then 0
                else 1
            end
        ) over (
            partition by business_product_id, product_key order by day rows unbounded preceding
        ) as episode_number
    from out_days
),

episodes as (
    select
        business_product_id, product_key, min(day) as first_day, max(day) as last_day,
        count(*) as days_out, sum(unfulfilled_units) as unfulfilled_units,
        {{ missed_units('demand_units', 'shipped_units', 'unfulfilled_units') }} as missed_units
    from numbered
    group by business_product_id, product_key, episode_number
)

select
    episodes.business_product_id, episodes.product_key, products.sku, products.product_title,
    episodes.first_day, episodes.last_day,
    episodes.last_day = report_window.last_day as is_ongoing,
    episodes.days_out, cast(episodes.unfulfilled_units as decimal(18, 3)) as unfulfilled_units,
    cast(episodes.missed_units as double precision) as missed_units, products.currency_code,
    cast(episodes.unfulfilled_units * products.unit_price as decimal(18, 4)) as lost_sales,
    cast(
        cast(episodes.missed_units as decimal(18, 3)) * products.unit_price as decimal(18, 4)
    ) as missed_sales
from episodes
cross join {{ ref('agg_report_window') }} as report_window
left join {{ ref('dim_products') }} as products
    on episodes.business_product_id = products.business_product_id
    and episodes.product_key = products.product_key
