-- What the API answered about an order, once for each time that it was asked.
select
    answers.snapshot_number, answers.file_id, files.state as file_state, answers.business_product_id,
    answers.order_id, answers.fetched_at, answers.api_version, answers.status,
    answers.payload_sha256, answers.has_payload, answers.payload, answers.run_id
from {{ source('lake', 'lake_order_snapshots') }} as answers
inner join {{ source('run', 'lake_files') }} as files on answers.file_id = files.file_id
