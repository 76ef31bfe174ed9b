{{ config(meta={'dagster': {'ref': {'name': 'cancellation_reasons'}}}) }}
-- Blocks: what contradicts itself must not be published.
-- 1. Units and money of the report's reasons sum to what the facts call cancelled, per currency.
-- 2. Direct, shared and merchant-declared units are all the unfulfilled units.
-- 3. Every archived record that names a resource is a copy of exactly one event.
-- 4. A metric's definition names a column that exists.
with facts as (
    select currency_code, sum(units) as units, sum(units * unit_price) as money
    from {{ ref('fct_delivery_items') }}
    where state = 'CANCELLED'
    group by currency_code
),

reported as (
    select currency_code, sum(cancelled_units) as units, sum(lost_sales) as money
    from {{ ref('cancellation_reasons') }}
    group by currency_code
),

records as (
    select
        (
            select count(*) from {{ ref('stg_events') }}
            where business_product_id is not null and file_state <> 'RETIRED'
        ) as archived,
        (select coalesce(sum(copies), 0) from {{ ref('fct_events') }}) as merged
)

select
    'cancelled units' as figure, facts.currency_code as of_what, facts.units as expected,
    reported.units as found
from facts
left join reported
    on coalesce(facts.currency_code, '') = coalesce(reported.currency_code, '')
where
    coalesce(facts.units, 0) <> coalesce(reported.units, 0)
    or abs(coalesce(facts.money, 0) - coalesce(reported.money, 0)) > 0.01
union all
select
    'evidence of unfulfilled units', product_key, unfulfilled_units,
    unfulfilled_units_direct + unfulfilled_units_shared + unfulfilled_units_merchant_declared
from {{ ref('unfulfilled_products') }}
where
    unfulfilled_units
    <> unfulfilled_units_direct + unfulfilled_units_shared + unfulfilled_units_merchant_declared
union all
select 'events', null, archived, merged
from records
where archived <> merged
union all
select 'defined metrics', definitions.metric, 1, 0
from {{ ref('metric_definitions') }} as definitions
left join {{ ref('data_dictionary') }} as dictionary
    on definitions.table_name = dictionary.schema_name || '.' || dictionary.table_name
    and definitions.column_name = dictionary.column_name
where dictionary.column_name is null
