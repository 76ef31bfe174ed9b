{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'fct_delivery_items'}}}) }}
-- What this run rebuilt and the API's documentation doesn't explain. Warns: production isn't known to
-- keep to the documented values, and events may be missing from the archive. Such orders are kept,
-- and reports.data_quality counts most of it over all days.
-- 1. What the data quality report finds in these orders.
-- 2. Requests in a state that isn't documented.
-- 3. Transitions: UNFULFILLABLE and CUSTOMER_REQUESTED come before shipping, UNDELIVERABLE after it,
--    and nothing leaves DELIVERED or CANCELLED.
select check_name as finding, count(*) as found, min(order_id) as example
from {{ ref('agg_order_findings') }}
where
    {{ are_touched() }}
    and check_name in (
        'orders_without_snapshot', 'reason_unseen', 'state_unseen', 'units_above_ordered'
    )
group by check_name
union all
select 'request_state_unseen', count(*), min(order_id)
from {{ ref('fct_cancellation_requests') }}
where state not in ('PENDING', 'SUCCESS', 'REJECTED') and {{ are_touched() }}
having count(*) > 0
union all
select 'transition_undocumented', count(*), min(order_id)
from {{ ref('fct_delivery_items') }}
where
    {{ are_touched('snapshot_at') }}
    and (
        (delivery_reason in ('UNFULFILLABLE', 'CUSTOMER_REQUESTED') and shipped_at < cancelled_at)
        or (delivery_reason = 'UNDELIVERABLE' and cancelled_at < shipped_at)
        or (state = 'CANCELLED' and delivered_at is not null)
        or (state = 'PENDING' and coalesce(shipped_at, delivered_at) is not null)
    )
having count(*) > 0
