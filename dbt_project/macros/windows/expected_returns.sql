{#
    Units on their way back, and how many of them will be sellable again: common tables
    `units_back` to `coming_back`, of `bounds`. A return that began in the last 45 days and is not
    graded counts as on its way, unless its package was lost. The sellable share is that of what was
    graded so far, the product's own drawn to its store's with the weight of 5 units; where nothing was
    ever graded, nobody knows it, and it is NULL.
#}
{% macro expected_returns(items, returns) -%}
units_back as (
    select
        returned.business_product_id, lines.product_key,
        sum(returned.graded_units) as graded_units,
        sum(case when returned.graded_units is not null then returned.sellable_units end)
            as sellable_units,
        sum(
            case
                when returned.graded_units is null and returned.return_state <> 'COMPLETED'
                    and cast(returned.started_at as date)
                    > cast({{ dbt.dateadd('day', -45, 'bounds.last_day') }} as date)
                    then returned.units
                else 0
            end
        ) as returning_units
    from {{ returns }} as returned
    cross join bounds
    inner join (
        select
            items.business_product_id, items.order_id, items.line_item_id,
            min(items.product_key) as product_key
        from (select distinct business_product_id, order_id from {{ returns }}) as come_back
        inner join {{ items }} as items
            on come_back.business_product_id = items.business_product_id
            and come_back.order_id = items.order_id
        group by items.business_product_id, items.order_id, items.line_item_id
    ) as lines
        on returned.business_product_id = lines.business_product_id
        and returned.order_id = lines.order_id
        and returned.line_item_id = lines.line_item_id
    where cast(returned.started_at as date) <= bounds.last_day
    group by returned.business_product_id, lines.product_key
),

graded_in_store as (
    select
        business_product_id,
        {{ ratio('sum(sellable_units)', 'sum(graded_units)') }} as sellable_share
    from units_back
    group by business_product_id
),

coming_back as (
    select
        units_back.business_product_id, units_back.product_key,
        cast(units_back.returning_units as decimal(18, 3)) as returning_units,
        cast(units_back.returning_units as double precision)
        * (
            coalesce(cast(units_back.sellable_units as double precision), 0)
            + 5 * graded_in_store.sellable_share
        ) / (coalesce(cast(units_back.graded_units as double precision), 0) + 5)
            as expected_sellable_units
    from units_back
    inner join graded_in_store
        on units_back.business_product_id = graded_in_store.business_product_id
)
{%- endmacro %}
