-- Grain: business_product_id, order_id, product_key, day. Orders of several products that stopped for
-- want of stock, where nobody says which product was missing.
select business_product_id, order_id, product_key, day
from {{ ref('agg_decided_orders') }}
cross join {{ ref('stg_run_settings') }} as run
where shared = 1 and day <= run.last_day
