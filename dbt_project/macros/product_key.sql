{#
    What products are grouped by: the merchant's sku, else the external id, else Amazon's sku ever
    seen with the line's product id (`stg_product_keys`), else the product id; for a line without
    one its own identifiers, else its alias, else its title. UNKNOWN: nothing names the product.
#}
{% macro product_key(keys, line) -%}
    coalesce(
        {{ keys }}.product_key, {{ line }}.product_id, {{ line }}.sku, {{ line }}.external_id,
        {{ line }}.amazon_sku, {{ line }}.line_alias, {{ line }}.product_title, 'UNKNOWN'
    )
{%- endmacro %}
