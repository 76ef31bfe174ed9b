-- What the API answered about a product's stock, and buyability as events tell it. Those of changed
-- inventory hold no quantity, so nothing is known from them.
select
    answers.business_product_id, answers.product_id, answers.product_key, answers.asked_at as told_at,
    answers.buyable_units, answers.buyability
from {{ source('lake', 'lake_stock_answers') }} as answers
inner join {{ source('run', 'lake_files') }} as files
    on answers.file_id = files.file_id and files.state <> 'RETIRED'
union all
select
    events.business_product_id, events.resource_id as product_id, null as product_key,
    events.event_time as told_at, null as buyable_units, events.told_buyability as buyability
from {{ source('lake', 'lake_events') }} as events
inner join {{ source('run', 'lake_files') }} as files
    on events.file_id = files.file_id and files.state <> 'RETIRED'
where events.told_buyability is not null and events.resource_id is not null
