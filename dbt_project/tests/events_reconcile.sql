{{ config(meta={'dagster': {'ref': {'name': 'fct_events'}}}) }}
-- Every archived record that names a resource is a copy of exactly one event. Blocks: otherwise
-- events would be lost or counted twice.
with archived as (
    select count(*) as records
    from {{ ref('stg_events') }}
    where business_product_id is not null and file_state <> 'RETIRED'
),

merged as (
    select sum(copies) as records from {{ ref('fct_events') }}
)

select archived.records, merged.records as merged_records
from archived
cross join merged
where archived.records <> coalesce(merged.records, 0)
