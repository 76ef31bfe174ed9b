-- depends_on: {{ ref('fct_delivery_items') }}
-- Grain: business_product_id, product_id. The keys under which the items were built last: made after
-- them, so that what a failed build left undone is found again.
select business_product_id, product_id, product_key from {{ ref('stg_product_keys') }}
