{{ config(meta={'dagster': {'ref': {'name': 'metric_definitions'}}}) }}
-- A definition names a column that exists. Blocks: it would explain nothing.
select definitions.metric
from {{ ref('metric_definitions') }} as definitions
left join {{ ref('data_dictionary') }} as dictionary
    on definitions.table_name = dictionary.schema_name || '.' || dictionary.table_name
    and definitions.column_name = dictionary.column_name
where dictionary.column_name is null
