{#
    What was known of each product four weeks before a window's last day, beside what has happened
    since. Grain: business_product_id, product_key. The days of `fct_product_days` hold what each of
    them knew, so the former day is as it was said then, but for late news of its own orders.

    Only these 29 days are read, whatever the history.
#}
{% macro scorecard(product_days, short_items, products, bounds) -%}
with bounds as (
    {{ bounds }}
),

periods as (
    select
        max(days.day) as last_day,
        cast({{ dbt.dateadd('day', -28, 'max(days.day)') }} as date) as as_of
    from {{ product_days }} as days
    cross join bounds
    where days.day <= bounds.last_day
),

four_weeks as (
    select
        days.*, periods.as_of, periods.last_day, days.day = periods.as_of as is_former,
        days.stockout_status in ('ONGOING', 'SILENT') as is_out
    from {{ product_days }} as days
    cross join periods
    where days.day between periods.as_of and periods.last_day
),

{{ outcomes_since(short_items) }}

select
    former.business_product_id, former.product_key, names.sku, names.product_title,
    names.currency_code, former.as_of, former.last_day, former.stockout_status,
    outcomes.stockout_status_now, former.is_listed, former.in_stock_probability,
    former.demand_per_day, former.demand_low, former.demand_high, former.dispersion,
    former.units_per_order, former.buyable_units, former.units_at_risk,
    cast(former.units_at_risk * names.unit_price as decimal(18, 4)) as revenue_at_risk,
    outcomes.days_on_sale, outcomes.days_out, outcomes.wanted_units,
    cast(outcomes.shipped_units as decimal(18, 3)) as shipped_units,
    outcomes.missed_units, coalesce(short.unfulfilled_units, 0) as unfulfilled_units,
    cast(
        (outcomes.missed_units + coalesce(short.unfulfilled_units, 0)) * names.unit_price
        as decimal(18, 4)
    ) as lost_sales,
    case when former.is_out then outcomes.first_on_sale end as recovered_on,
    case when not former.is_out then outcomes.first_out end as ran_out_on,
    told.sold_out_on, told.restocked_on
from four_weeks as former
inner join outcomes
    on former.business_product_id = outcomes.business_product_id
    and former.product_key = outcomes.product_key
left join told
    on former.business_product_id = told.business_product_id
    and former.product_key = told.product_key
left join short
    on former.business_product_id = short.business_product_id
    and former.product_key = short.product_key
left join {{ products }} as names
    on former.business_product_id = names.business_product_id
    and former.product_key = names.product_key
where former.is_former
{%- endmacro %}

{#
    What happened in the four weeks: common tables `outcomes` to `short`, of `four_weeks` and `periods`.
#}
{% macro outcomes_since(short_items) -%}
outcomes as (
    select
        business_product_id, product_key,
        count(case when not is_out then 1 end) as days_on_sale,
        count(case when is_out then 1 end) as days_out,
        coalesce(sum(case when not is_out then demand_units end), 0) as wanted_units,
        sum(shipped_units) as shipped_units,
        {{ missed_units(
            'case when is_out then demand_units end', 'case when is_out then shipped_units end',
            'case when is_out then unfulfilled_units_direct + unfulfilled_units_shared'
            ~ ' + unfulfilled_units_merchant_declared end'
        ) }} as missed_units,
        min(case when not is_out then day end) as first_on_sale,
        min(case when is_out then day end) as first_out,
        max(case when day = last_day then stockout_status end) as stockout_status_now
    from four_weeks
    where not is_former
    group by business_product_id, product_key
),

told_days as (
    select
        business_product_id, product_key, day, buyable_units, is_former,
        lag(buyable_units) over (
            partition by business_product_id, product_key order by day
        ) as told_before
    from four_weeks
    where buyable_units is not null
),

told as (
    select
        business_product_id, product_key,
        min(case when not is_former and buyable_units <= 0 then day end) as sold_out_on,
        min(case when buyable_units > told_before then day end) as restocked_on
    from told_days
    group by business_product_id, product_key
),

short as (
    select
        items.business_product_id, items.product_key,
        -- Decimals, because a sum of doubles depends on the order of its rows.
        cast(sum(cast(items.units * items.probability_short as decimal(38, 15))) as double precision)
            as unfulfilled_units
    from {{ short_items }} as items
    cross join periods
    where items.decided_on > periods.as_of and items.decided_on <= periods.last_day
    group by items.business_product_id, items.product_key
)
{%- endmacro %}
