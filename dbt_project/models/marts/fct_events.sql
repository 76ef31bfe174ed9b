{{ config(
    materialized='incremental', incremental_strategy='replace_orders',
    order_key=event_order_key()
) }}
-- depends_on: {{ ref('stg_touched_orders') }}
-- What was known before this build is read before: depends_on: {{ ref('stg_former_days') }}
select
    business_product_id, order_id, event_type, resource_type, resource_id, event_time,
    archived_names, copies
from {{ ref('stg_business_events') }}
