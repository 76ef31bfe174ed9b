-- From where on to read for the orders that this build touches: no file before `first_file_id` names
-- one, no event or answer of theirs is older. Marts are made of these, so none has an older row of
-- such an order. `built_through`: the last lake file that a successful build has covered.
select
    built.built_through, starts.first_file_id, starts.first_event_at, starts.first_answer_at
from (
    select coalesce(max(file_id), 0) as built_through
    from {{ ref('stg_files') }}
    where state = 'BUILT'
) as built
cross join (
    select
        min(starts.first_file_id) as first_file_id, min(starts.first_event_at) as first_event_at,
        min(starts.first_answer_at) as first_answer_at
    from {{ ref('order_starts') }} as starts
    inner join {{ ref('touched_orders') }} as touched
        on starts.order_number = touched.order_number
) as starts
