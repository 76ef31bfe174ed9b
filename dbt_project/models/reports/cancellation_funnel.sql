-- Grain: requested_on, business_product_id, reason, requested_by. Requests are few, so all are summed.
with requests as (
    select
        *, state = 'SUCCESS' as is_granted,
        state = 'REJECTED' as is_refused,
        coalesce(state, '') not in ('SUCCESS', 'REJECTED') as is_open,
        coalesce(state, '') <> 'SUCCESS' and coalesce(shipped_units, 0) > 0 as is_shipped,
        coalesce(returned_units, 0) > 0 as is_returned,
        case
            when state in ('SUCCESS', 'REJECTED') then {{ hours_between('created_at', 'updated_at') }}
        end as hours_to_answer
    from {{ ref('fct_cancellation_requests') }}
)

select
    requested_on, business_product_id, reason, requested_by, count(*) as requested_lines,
    cast({{ sum_where('true', 'units') }} as decimal(18, 3)) as requested_units,
    count(case when is_granted then 1 end) as granted_lines,
    cast({{ sum_where('is_granted', 'units') }} as decimal(18, 3)) as granted_units,
    count(case when is_refused then 1 end) as refused_lines,
    cast({{ sum_where('is_refused', 'units') }} as decimal(18, 3)) as refused_units,
    count(case when is_open then 1 end) as open_lines,
    count(case when is_shipped then 1 end) as shipped_anyway_lines,
    cast({{ sum_where('is_shipped', 'shipped_units') }} as decimal(18, 3)) as shipped_anyway_units,
    count(case when is_shipped and is_returned then 1 end) as returned_lines,
    cast({{ sum_where('is_shipped and is_returned', 'returned_units') }} as decimal(18, 3))
        as returned_units,
    percentile_cont(0.5) within group (order by hours_to_answer) as hours_to_answer_p50
from requests
group by requested_on, business_product_id, reason, requested_by
