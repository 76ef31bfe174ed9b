{{ config(
    materialized='incremental', incremental_strategy='replace_orders',
    order_key="coalesce(order_id, resource_type || '/' || resource_id, '')"
) }}
-- depends_on: {{ ref('stg_touched_orders') }}
select
    business_product_id, order_id, event_type, resource_type, resource_id, event_time,
    archived_names, copies
from {{ ref('stg_business_events') }}
