{#
    When each listed product last shipped: common tables `recent_shipments` to `shipments`, of
    `bounds` and `listed`. Looked for further back only where the last 90 days have none.
#}
{% macro last_shipments(items) -%}
recent_shipments as (
    select
        items.business_product_id, items.product_key,
        max(items.shipped_at) as last_shipped_at
    from {{ items }} as items
    cross join bounds
    where items.shipped_on <= bounds.last_day
        and items.shipped_on > cast({{ dbt.dateadd('day', -90, 'bounds.last_day') }} as date)
    group by items.business_product_id, items.product_key
),

not_shipped_recently as (
    select distinct listed.business_product_id, listed.product_key
    from listed
    left join recent_shipments as recent
        on listed.business_product_id = recent.business_product_id
        and listed.product_key = recent.product_key
    where recent.product_key is null
),

shipments as (
    select business_product_id, product_key, last_shipped_at from recent_shipments
    union all
    select unshipped.business_product_id, unshipped.product_key, max(items.shipped_at)
    from {{ items }} as items
    cross join bounds
    inner join not_shipped_recently as unshipped
        on items.business_product_id = unshipped.business_product_id
        and items.product_key = unshipped.product_key
    where items.shipped_on <= cast({{ dbt.dateadd('day', -90, 'bounds.last_day') }} as date)
    group by unshipped.business_product_id, unshipped.product_key
)
{%- endmacro %}
