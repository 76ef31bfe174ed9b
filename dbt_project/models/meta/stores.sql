select business_product_id, store_name
from {{ ref('stg_stores') }}
