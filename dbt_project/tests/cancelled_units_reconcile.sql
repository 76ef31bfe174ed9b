{{ config(meta={'dagster': {'ref': {'name': 'cancellation_reasons'}}}) }}
-- Units and money of the report's reasons sum to what the facts call cancelled, per currency.
-- Blocks: a report that contradicts the facts must not be published.
with facts as (
    select
        currency_code, sum(units) as units, sum(units * unit_price) as money,
        count(*) as cancelled
    from {{ ref('fct_delivery_items') }}
    where state = 'CANCELLED'
    group by currency_code
),

reported as (
    select currency_code, sum(cancelled_units) as units, sum(lost_sales) as money
    from {{ ref('cancellation_reasons') }}
    group by currency_code
)

select facts.currency_code, facts.units, reported.units as reported_units
from facts
left join reported
    on coalesce(facts.currency_code, '') = coalesce(reported.currency_code, '')
where
    coalesce(facts.units, 0) <> coalesce(reported.units, 0)
    or abs(coalesce(facts.money, 0) - coalesce(reported.money, 0)) > 0.01
