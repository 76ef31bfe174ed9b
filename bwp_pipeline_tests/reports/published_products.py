"""Active products of the small published database, by plain SQL of this file's own.

Belongs here: reports.active_products, made of the items that a test names, and empty ones
of what nothing is known: reports.scorecard, marts.fct_short_items. Does not belong here:
the other tables (`published`).
"""

ACTIVE_PRODUCTS = """
create table reports.active_products (
    business_product_id varchar, product_key varchar, currency_code varchar, sku varchar,
    product_title varchar, unit_price decimal(18, 4), currency_share double,
    last_ordered_on date, demand_per_day double, demand_low double, demand_high double,
    demand_days double, dispersion double, units_per_order double, in_stock_probability double,
    units_at_risk double, stockout_status varchar, returning_units decimal(18, 3),
    expected_sellable_units double
);
create macro reports.active_products_between(first_day, last_day) as table (
    from reports.active_products
);
create table reports.scorecard (
    business_product_id varchar, product_key varchar, sku varchar, product_title varchar,
    currency_code varchar, as_of date, last_day date, stockout_status varchar,
    stockout_status_now varchar, is_listed boolean, in_stock_probability double,
    demand_per_day double, demand_low double, demand_high double, dispersion double,
    units_per_order double, buyable_units double, units_at_risk double,
    revenue_at_risk decimal(18, 4), days_on_sale bigint, days_out bigint, wanted_units double,
    shipped_units decimal(18, 3), missed_units double, unfulfilled_units double,
    lost_sales decimal(18, 4), recovered_on date, ran_out_on date, sold_out_on date,
    restocked_on date
);
create table marts.fct_short_items (
    business_product_id varchar, order_id varchar, delivery_id varchar, line_item_id varchar,
    product_key varchar, decided_on date, evidence varchar, units decimal(18, 3),
    probability_short double
);
create macro reports.scorecard_between(first_day, last_day) as table (from reports.scorecard);
"""

FILL_ACTIVE_PRODUCTS = """
update reports.unfulfilled_products as listed
set demand_per_day = whole.units / 28
from (
    select business_product_id, product_key, sum(units)::double as units
    from marts.fct_delivery_items cross join meta.report_window as w
    where resolved_on between w.first_day and w.last_day
    group by all
) as whole
where listed.business_product_id = whole.business_product_id
    and listed.product_key = whole.product_key;
insert into reports.active_products
with sold as (
    select
        business_product_id, product_key, currency_code, count(distinct order_id) as orders,
        sum(units)::double as units, arg_max(unit_price, ordered_at) as unit_price,
        max(ordered_on) as last_ordered_on, any_value(sku) as sku,
        any_value(product_title) as product_title
    from marts.fct_delivery_items
    where product_key <> 'UNKNOWN'
    group by all
)
select
    sold.business_product_id, sold.product_key, sold.currency_code, sold.sku, sold.product_title,
    sold.unit_price,
    coalesce(units / sum(units) over (partition by business_product_id, product_key), 1),
    sold.last_ordered_on,
    demand.a_day, demand.a_day * 0.8, demand.a_day * 1.2, 28, 8, 1,
    case when listed.stockout_status = 'ONGOING' then 0.02 else 0.98 end,
    case when listed.stockout_status = 'ONGOING' then 28 else 1 end * demand.a_day,
    coalesce(listed.stockout_status, 'NONE'), 0, null
from sold
inner join (
    select business_product_id, product_key, coalesce(sum(units), 0)::double / 28 as a_day
    from marts.fct_delivery_items group by all
) as demand using (business_product_id, product_key)
left join (
    select business_product_id, product_key, max(stockout_status) as stockout_status
    from reports.unfulfilled_products group by all
) as listed using (business_product_id, product_key)
qualify row_number() over (
    partition by business_product_id, product_key order by orders desc, currency_code
) = 1;
"""
