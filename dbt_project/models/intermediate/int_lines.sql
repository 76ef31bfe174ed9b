with lines as (
    select
        business_product_id, order_id, snapshot_at, is_latest, is_new, ordered_at, ordered_text,
        {{ each_of(list_map('lines', 'line', struct(
            id='line.id', createdAt='line.createdAt', amount='line.amount',
            quantity='line.quantity', product='line.product', purchasedItem='line.purchasedItem',
            deliveryOffer='line.deliveryOffer',
            aliases=joined_lists('line.aliases', 'line.lineItemAliases')
        ))) }} as line
    from {{ ref('int_orders') }}
),

read as (
    select
        *, line.aliases as line_aliases, line.product.price as price,
        line.purchasedItem.itemIdentifiers as identifiers,
        case
            when {{ is_json_object('line.product.price') }} then coalesce(
                {{ json_text('line.product.price', '$.amount') }},
                {{ json_text('line.product.price', '$.currentPrice.amount') }}
            )
            else coalesce(
                {{ json_text('line.product.price', '$') }},
                line.purchasedItem.price.currentPrice.amount
            )
        end as price_text,
        coalesce(
            line.deliveryOffer.details.date.latest,
            line.deliveryOffer.details.estimatedDeliveryDate.latest
        ) as promised_text
    from lines
),

parsed as (
    select
        business_product_id, order_id, snapshot_at, is_latest, is_new, line, ordered_text,
        price_text, promised_text, ordered_at as order_ordered_at,
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
        nullif({{ trimmed('coalesce(line.product.title, line.purchasedItem.title)') }}, '') as product_title,
        {{ least_struct(list_map(
            list_where('line_aliases', 'alias', trimmed('alias.aliasId') ~ " <> ''"),
            'alias',
            struct(
                rank=alias_rank('alias.aliasType'), kind=null_last('alias.aliasType'),
                id='alias.aliasId'
            )
        )) }}.id as line_alias,
        {{ parse_money('price_text') }} as unit_price,
        case
            when {{ is_json_object('price') }} then coalesce(
                {{ json_text('price', '$.currencyCode') }},
                {{ json_text('price', '$.currentPrice.currencyCode') }}
            )
            else coalesce(line.product.currencyCode, line.purchasedItem.price.currentPrice.currencyCode)
        end as currency_code,
        coalesce({{ parse_units('line.amount') }}, {{ parse_units('line.quantity') }}) as ordered_units,
        {{ parse_time('line.createdAt') }} as line_ordered_at,
        {{ parse_time('promised_text') }} as promised_by,
        line.deliveryOffer.details.deliveryProvider as delivery_provider,
        try_cast(line.deliveryOffer.details.deliveryTerms.isPrimeEligible as boolean) as is_prime_eligible
    from read
)

select
    business_product_id, order_id, snapshot_at, is_latest, is_new, line_item_id, product_id, sku,
    external_id, amazon_sku, product_title, line_alias, unit_price, currency_code, ordered_units,
    coalesce(line_ordered_at, order_ordered_at) as ordered_at, promised_by, delivery_provider,
    is_prime_eligible,
    {{ dropped_values([
        ('order createdAt', 'ordered_text', 'order_ordered_at'),
        ('line createdAt', 'line.createdAt', 'line_ordered_at'),
        ('promised time', 'promised_text', 'promised_by'),
        ('price', 'price_text', 'unit_price'),
    ]) }} as dropped_values
from parsed
