{{ config(
    materialized='incremental', incremental_strategy='replace_orders',
    order_key=event_order_key(), clock='event_time'
) }}
-- depends_on: {{ ref('stg_touched_orders') }}
-- depends_on: {{ ref('stg_touched_since') }}
-- What was known before this build is read before: depends_on: {{ ref('stg_former_days') }}
select
    business_product_id, order_id, event_type, resource_type, resource_id, event_time,
    archived_names, copies
from {{ ref('stg_business_events') }}
{{ in_order_of('event_time') }}
