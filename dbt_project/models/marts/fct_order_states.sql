{{ replaces_orders(clock='known_from', days=['cast(known_from as date)']) }}
-- Grain: business_product_id, order_id, delivery_id, source, known_from.
-- Of answers at one moment, the one that counts (`int_answers`).
with ranked as (
    select
        business_product_id, order_id, fetched_at, payload_number,
        row_number() over (
            partition by business_product_id, order_id, fetched_at order by recency
        ) as place
    from {{ ref('int_answers') }}
    where status = 'OK' and payload_number is not null
),

answers as (
    select
        business_product_id, order_id, fetched_at, payload_number,
        row_number() over (partition by business_product_id, order_id order by fetched_at)
            as answer_number,
        lead(fetched_at) over (partition by business_product_id, order_id order by fetched_at)
            as next_fetched_at
    from ranked
    where place = 1
),

shown as (
    select
        answers.business_product_id, answers.order_id, shown.delivery_id, shown.state,
        shown.delivery_reason, answers.fetched_at, answers.next_fetched_at, answers.answer_number,
        lag(answers.answer_number) over delivery_answers as former_number,
        lag(shown.state) over delivery_answers as former_state,
        lag(shown.delivery_reason) over delivery_answers as former_reason
    from answers
    inner join {{ ref('int_shown_states') }} as shown
        on answers.business_product_id = shown.business_product_id
        and answers.order_id = shown.order_id
        and answers.payload_number = shown.payload_number
    where shown.delivery_id is not null
    window delivery_answers as (
        partition by answers.business_product_id, answers.order_id, shown.delivery_id
        order by answers.answer_number
    )
),

-- A delivery that an answer lacks, or shows otherwise, begins anew with the next that has it.
numbered as (
    select
        *,
        sum(
            case
                when former_number = answer_number - 1
                    and coalesce(former_state, '') = coalesce(state, '')
                    and coalesce(former_reason, '') = coalesce(delivery_reason, '')
                    then 0
                else 1
            end
        ) over (
            partition by business_product_id, order_id, delivery_id order by answer_number
            rows unbounded preceding
        ) as change_number
    from shown
),

-- At the same time, the later step counts.
told as (
    select
        business_product_id, order_id, resource_id as delivery_id, event_time,
        replace(replace(event_type, 'PACKAGE_DELIVERY_', ''), 'PACKAGE_', '') as state,
        row_number() over (
            partition by business_product_id, order_id, resource_id, event_time
            order by
                case event_type
                    when 'PACKAGE_DELIVERY_CANCELLED' then 1 when 'PACKAGE_DELIVERED' then 2 else 3
                end
        ) as place
    from {{ ref('int_business_events') }}
    where
        resource_type in ('delivery', 'package')
        and order_id is not null and resource_id is not null
        and event_type in (
            'PACKAGE_DELIVERY_IN_TRANSIT', 'PACKAGE_DELIVERED', 'PACKAGE_DELIVERY_CANCELLED'
        )
)

select
    business_product_id, order_id, delivery_id, 'SNAPSHOT' as source, min(state) as state,
    min(delivery_reason) as delivery_reason, min(fetched_at) as known_from,
    case when count(*) = count(next_fetched_at) then max(next_fetched_at) end as known_until
from numbered
group by business_product_id, order_id, delivery_id, change_number
union all
select
    business_product_id, order_id, delivery_id, 'EVENT' as source, state,
    cast(null as string) as delivery_reason, event_time as known_from,
    lead(event_time) over (
        partition by business_product_id, order_id, delivery_id order by event_time
    ) as known_until
from told
where place = 1
{{ in_order_of('known_from') }}
