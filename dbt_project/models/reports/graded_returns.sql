-- Grain: graded_on, business_product_id, currency_code.
with graded as (
    select
        returned.business_product_id, returned.order_id, returned.line_item_id,
        returned.graded_units, returned.sellable_units,
        {{ local_day('coalesce(returned.graded_at, returned.snapshot_at)', 'run.timezone') }}
            as graded_on
    from {{ ref('fct_return_items') }} as returned
    cross join {{ ref('agg_report_window') }} as run
    where returned.graded_units > 0
),

lines as (
    select
        business_product_id, order_id, line_item_id, min(currency_code) as currency_code
    from {{ ref('fct_delivery_items') }}
    where (business_product_id, order_id) in (select business_product_id, order_id from graded)
    group by business_product_id, order_id, line_item_id
)

select
    graded.graded_on, graded.business_product_id, lines.currency_code,
    cast(sum(graded.graded_units) as decimal(18, 3)) as graded_units,
    cast(sum(graded.sellable_units) as decimal(18, 3)) as sellable_units
from graded
left join lines
    on graded.business_product_id = lines.business_product_id
    and graded.order_id = lines.order_id
    and graded.line_item_id = lines.line_item_id
group by graded.graded_on, graded.business_product_id, lines.currency_code
