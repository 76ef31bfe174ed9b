{{ replaces_orders() }}
-- What became of the line is told beside the request: a refused one ships, and may come back.
with items as (
    select
        business_product_id, order_id, line_item_id,
        {{ sum_where('shipped_at is not null or ' ~ has_left('state', 'delivery_reason'), 'units') }}
            as shipped_units
    from {{ ref('fct_delivery_items') }}
    where {{ are_touched('snapshot_at') }}
    group by business_product_id, order_id, line_item_id
),

returns as (
    select
        business_product_id, order_id, line_item_id,
        {{ sum_where("return_state in ('CREATED', 'COMPLETED')", 'units') }} as returned_units
    from {{ ref('fct_return_items') }}
    where {{ are_touched() }}
    group by business_product_id, order_id, line_item_id
)

select
    requests.business_product_id, requests.order_id, requests.line_item_id,
    row_number() over (
        partition by requests.business_product_id, requests.order_id, requests.line_item_id
        order by
            requests.created_at nulls last, requests.updated_at nulls last,
            requests.state nulls last, requests.reason nulls last,
            requests.requested_by nulls last
    ) as request_number,
    requests.reason, requests.state, requests.requested_by, requests.units, requests.created_at,
    requests.updated_at,
    {{ local_day('requests.created_at', 'run.timezone') }} as requested_on,
    cast(case when items.line_item_id is null then 0 else items.shipped_units end as decimal(18, 3))
        as shipped_units,
    cast(
        case when returns.line_item_id is null then 0 else returns.returned_units end
        as decimal(18, 3)
    ) as returned_units
from {{ ref('int_cancellation_requests') }} as requests
cross join {{ ref('stg_run_settings') }} as run
left join items
    on requests.business_product_id = items.business_product_id
    and requests.order_id = items.order_id
    and requests.line_item_id = items.line_item_id
left join returns
    on requests.business_product_id = returns.business_product_id
    and requests.order_id = returns.order_id
    and requests.line_item_id = returns.line_item_id
