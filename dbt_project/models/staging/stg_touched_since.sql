-- Grain: one row. When the archive first tells of an order that this build touches or rekeys, by
-- events and by answers of the API. Marts are made of these, so none has an older row of such an
-- order; files that the lake has lost count, for marts may still hold what was in them.
with events as (
    select event_time from {{ ref('stg_business_events') }}
    union all
    select event_time from {{ ref('stg_events') }} where file_state = 'RETIRED'
),

answers as (
    select fetched_at from {{ ref('stg_snapshots') }}
    union all
    select snapshot_at from {{ ref('stg_rekeyed_orders') }}
)

select
    (select min(event_time) from events) as first_event_at,
    (select min(fetched_at) from answers) as first_answer_at
