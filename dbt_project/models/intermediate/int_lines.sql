-- Grain: a line item of a touched order in one of its OK answers; the latest has recency 1.
with lines as (
    select
        business_product_id, order_id, snapshot_at, recency, ordered_at,
        unnest(list_transform(lines, lambda line: {
            'id': line.id, 'createdAt': line.createdAt, 'amount': line.amount,
            'quantity': line.quantity, 'product': line.product, 'purchasedItem': line.purchasedItem,
            'deliveryOffer': line.deliveryOffer,
            'aliases': list_concat(line.aliases, line.lineItemAliases)
        })) as line
    from {{ ref('int_orders') }}
),

read as (
    select
        *, line.aliases as line_aliases, line.product.price as price,
        line.purchasedItem.itemIdentifiers as identifiers
    from lines
)

select
    business_product_id, order_id, snapshot_at, recency,
    line.id as line_item_id,
    coalesce(
        {{ parse_identifier('line.product.productId') }}, nullif(line.product.id, ''),
        {{ item_identifier('identifiers', "'ID', 'PRODUCTID'") }}
    ) as product_id,
    coalesce(
        {{ parse_identifier('line.product.sku') }}, {{ item_identifier('identifiers', "'SKU'") }}
    ) as sku,
    coalesce(
        {{ parse_identifier('line.product.externalId') }},
        {{ item_identifier('identifiers', "'EXTERNALID'") }}
    ) as external_id,
    coalesce(
        {{ parse_identifier('line.product.amazonSku') }},
        {{ item_identifier('identifiers', "'MSKU', 'AMAZONSKU'") }}
    ) as amazon_sku,
    nullif(coalesce(line.product.title, line.purchasedItem.title), '') as product_title,
    list_sort(list_transform(
        list_filter(line_aliases, lambda alias: alias.aliasId <> ''),
        lambda alias: {
            'rank': coalesce(
                list_position(
                    ['SKU', 'EXTERNAL_ID', 'EXTERNAL_DISPLAY_ID', 'EXTERNAL_ITEM_ID', 'ID'],
                    alias.aliasType
                ), 9
            ),
            'kind': alias.aliasType,
            'id': alias.aliasId
        }
    ))[1].id as line_alias,
    try_cast(
        case json_type(price)
            when 'OBJECT' then coalesce(price ->> '$.amount', price ->> '$.currentPrice.amount')
            else coalesce(price ->> '$', line.purchasedItem.price.currentPrice.amount)
        end as decimal(18, 4)
    ) as unit_price,
    case json_type(price)
        when 'OBJECT' then coalesce(
            price ->> '$.currencyCode', price ->> '$.currentPrice.currencyCode'
        )
        else coalesce(line.product.currencyCode, line.purchasedItem.price.currentPrice.currencyCode)
    end as currency_code,
    coalesce({{ parse_units('line.amount') }}, {{ parse_units('line.quantity') }}) as ordered_units,
    coalesce({{ parse_time('line.createdAt') }}, ordered_at) as ordered_at,
    {{ parse_time(
        'coalesce(line.deliveryOffer.details.date.latest, line.deliveryOffer.details.estimatedDeliveryDate.latest)'
    ) }} as promised_by,
    line.deliveryOffer.details.deliveryProvider as delivery_provider,
    try_cast(line.deliveryOffer.details.deliveryTerms.isPrimeEligible as boolean) as is_prime_eligible
from read
