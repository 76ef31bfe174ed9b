{{ config(meta={'dagster': {'ref': {'name': 'unfulfilled_products'}}}) }}
-- Direct, shared and merchant-declared units are all the unfulfilled units. Blocks: the columns
-- would mean something else than they say.
select product_key
from {{ ref('unfulfilled_products') }}
where
    unfulfilled_units
    <> unfulfilled_units_direct + unfulfilled_units_shared + unfulfilled_units_merchant_declared
