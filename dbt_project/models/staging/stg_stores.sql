select business_product_id, name as store_name
from {{ source('run', 'stores') }}
