{{ replaces_periods('week', 'week_start', ['fct_delivery_items']) }}
-- Grain: a week in which lines were ordered, and a product as they describe it.
with items as (
    select
        {{ week_start('ordered_on') }} as week_start, business_product_id, product_key, sku,
        product_title, unit_price, currency_code, ordered_at
    from {{ of_changed_periods(ref('fct_delivery_items'), 'week', 'ordered_on') }}
)

select
    week_start, business_product_id, product_key, sku, product_title, unit_price, currency_code,
    min(ordered_at) as first_ordered_at, max(ordered_at) as last_ordered_at
from items
group by
    week_start, business_product_id, product_key, sku, product_title, unit_price, currency_code
