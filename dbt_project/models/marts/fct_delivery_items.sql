{{ replaces_orders(
    clock='snapshot_at', items='this',
    days=['ordered_on', 'shipped_on', 'delivered_on', 'cancelled_on', 'resolved_on']
) }}
{% set columns -%}
    business_product_id, order_id, delivery_id, line_item_id, product_id, sku, product_title, state,
    delivery_reason, request_reason, requested_by, root_cause, units, ordered_units, unit_price,
    currency_code, delivery_provider, is_prime_eligible, carrier_code, last_milestone,
    last_milestone_at, ordered_at, promised_at, shipped_at, delivered_at, cancelled_at,
    resolved_at, resolved_by, snapshot_at, ordered_on, shipped_on, delivered_on, cancelled_on, resolved_on
{%- endset %}
-- Orders that this build touches, and those of products whose key has changed since.
with keys as (
    select
        business_product_id as store_of_key, product_id as product_of_key, product_key as key_now
    from {{ ref('int_product_keys') }}
),

keyed as (
    select product_key, {{ columns }}
    from {{ ref('int_item_outcomes') }}
    {% if is_incremental() %}
    union all
    select coalesce(keys.key_now, known.product_key) as product_key, {{ columns }}
    from ({{ rekeyed_orders(this) }}) as rekeyed
    inner join {{ this }} as known
        on rekeyed.store_of_order = known.business_product_id
        and rekeyed.number_of_order = known.order_id
    left join keys
        on known.business_product_id = keys.store_of_key
        and known.product_id = keys.product_of_key
    where
        not exists (
            select 1
            from {{ ref('touched_orders') }} as touched
            where touched.business_product_id = known.business_product_id
                and touched.order_id = known.order_id
        )
    {% endif %}
),

shared as (
    select
        business_product_id, order_id, delivery_id,
        count(distinct product_key) > 1 as is_shared_delivery
    from keyed
    group by business_product_id, order_id, delivery_id
)

select
    keyed.business_product_id, keyed.order_id, keyed.delivery_id, keyed.line_item_id,
    keyed.product_key, keyed.product_id, keyed.sku, keyed.product_title, keyed.state,
    keyed.delivery_reason, keyed.request_reason, keyed.requested_by, keyed.root_cause,
    shared.is_shared_delivery, cast(keyed.units as decimal(18, 3)) as units, keyed.ordered_units,
    keyed.unit_price,
    keyed.currency_code, keyed.delivery_provider, keyed.is_prime_eligible, keyed.carrier_code,
    keyed.last_milestone, keyed.last_milestone_at, keyed.ordered_at,
    keyed.promised_at, keyed.shipped_at, keyed.delivered_at, keyed.cancelled_at, keyed.resolved_at,
    keyed.resolved_by, keyed.snapshot_at, keyed.ordered_on, keyed.shipped_on, keyed.delivered_on,
    keyed.cancelled_on,
    keyed.resolved_on
from keyed
inner join shared
    on keyed.business_product_id = shared.business_product_id
    and keyed.order_id = shared.order_id
    and keyed.delivery_id = shared.delivery_id
{{ in_order_of('keyed.snapshot_at') }}
