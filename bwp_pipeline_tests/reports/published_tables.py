"""SQL of the small published database: its tables, and reports computed from line items.

Plain SQL of this file's own, so that the project's reports can be compared with it.
"""

FACTS = """
create schema marts; create schema reports; create schema meta;
create table meta.report_window (
    timezone varchar, report_days integer, first_day date, last_day date, data_through timestamp
);
create table meta.stores (business_product_id varchar, store_name varchar);
insert into meta.stores values ('bp-1', 'Kitchen shop');
create table meta.metric_definitions (
    metric varchar, label varchar, counts varchar, formula varchar, clock varchar,
    not_counted varchar, use varchar, query varchar
);
insert into meta.metric_definitions values
    (
        'lost_sales', 'Lost sales', 'Unfulfilled units', 'sum of units x price', 'event day', null,
        'Money lost', 'select sum(lost_sales) from reports.unfulfilled_products'
    );
create table marts.fct_delivery_items (
    business_product_id varchar, order_id varchar, delivery_id varchar, line_item_id varchar,
    product_key varchar, product_id varchar, sku varchar, product_title varchar, state varchar,
    delivery_reason varchar, request_reason varchar, requested_by varchar, root_cause varchar,
    is_shared_delivery boolean, units decimal(18, 3), ordered_units decimal(18, 3),
    unit_price decimal(18, 4), currency_code varchar, ordered_at timestamp, shipped_at timestamp,
    delivered_at timestamp, cancelled_at timestamp, resolved_at timestamp, snapshot_at timestamp,
    promised_at timestamp, ordered_on date, shipped_on date, delivered_on date, cancelled_on date,
    resolved_on date, last_milestone varchar, delivery_provider varchar
);
create table marts.fct_return_items (
    business_product_id varchar, order_id varchar, line_item_id varchar,
    graded_units decimal(18, 3), sellable_units decimal(18, 3), graded_at timestamp,
    snapshot_at timestamp
);
create table marts.fct_return_packages (
    business_product_id varchar, order_id varchar, return_id varchar, return_package_id varchar,
    line_item_id varchar, state varchar, reason varchar, units decimal(18, 3), failed_at timestamp,
    delivered_at timestamp, snapshot_at timestamp
);
create table reports.data_quality (
    check_name varchar, severity varchar, meaning varchar, found bigint, examples varchar,
    window_share double
);
create table reports.return_failures (
    failed_on date, business_product_id varchar, product_key varchar, reason varchar,
    carrier_code varchar, currency_code varchar, sku varchar, product_title varchar,
    failed_packages bigint, affected_orders bigint, failed_units decimal(18, 3),
    failed_value decimal(18, 4)
);
"""

REPORTS = """
create table marts.dim_orders as
select business_product_id, order_id, max(snapshot_at) as snapshot_at
from marts.fct_delivery_items group by all;
create table marts.fct_events as
select business_product_id, order_id, 2 as copies, min(ordered_at) as event_time
from marts.fct_delivery_items group by all;
create table marts.dim_products as
select
    business_product_id, product_key, arg_max(sku, ordered_at) as sku,
    arg_max(product_title, ordered_at) as product_title
from marts.fct_delivery_items
group by all;

create table reports.cancellation_reasons as
select
    coalesce(cancelled_at, resolved_at)::date as cancelled_on, business_product_id, product_key,
    delivery_reason, request_reason, root_cause, currency_code, any_value(sku) as sku,
    any_value(product_title) as product_title, sum(units)::decimal(18, 3) as cancelled_units,
    count(distinct order_id) as cancelled_orders,
    sum(units * unit_price)::decimal(18, 4) as lost_sales
from marts.fct_delivery_items
where root_cause is not null
group by all;
comment on table reports.cancellation_reasons is 'One row per day, product and reason.';
comment on column reports.cancellation_reasons.cancelled_units is 'Units cancelled that day.';

create table reports.unfulfilled_products as
with item as (
    select
        f.*,
        f.root_cause = 'STOCK'
        and coalesce(f.cancelled_at, f.resolved_at)::date between w.first_day and w.last_day
            as is_unfulfilled,
        f.request_reason = 'OUT_OF_STOCK' as is_declared,
        f.resolved_at::date between w.first_day and w.last_day as is_resolved
    from marts.fct_delivery_items as f cross join meta.report_window as w
), product as (
    select
        business_product_id, product_key, currency_code, any_value(sku) as sku,
        any_value(product_title) as product_title,
        sum(units) filter (is_unfulfilled) as unfulfilled_units,
        coalesce(sum(units) filter (is_unfulfilled and not is_shared_delivery), 0)
            as unfulfilled_units_direct,
        coalesce(sum(units) filter (is_unfulfilled and is_shared_delivery), 0)
            as unfulfilled_units_shared,
        0::decimal(18, 3) as unfulfilled_units_merchant_declared,
        count(distinct order_id) filter (is_unfulfilled) as affected_orders,
        sum(units) filter (is_resolved) as resolved_units,
        count(distinct order_id) filter (is_resolved or is_unfulfilled) as resolved_orders,
        sum(units * unit_price) filter (is_unfulfilled) as lost_sales,
        min(cancelled_at) filter (is_unfulfilled) as first_unfulfilled_at,
        max(cancelled_at) filter (is_unfulfilled) as last_unfulfilled_at,
        max(shipped_at) as last_shipped_at
    from item group by all
)
select
    business_product_id, product_key, currency_code, sku, product_title,
    unfulfilled_units::decimal(18, 3) as unfulfilled_units,
    unfulfilled_units_direct::decimal(18, 3) as unfulfilled_units_direct,
    unfulfilled_units_shared::decimal(18, 3) as unfulfilled_units_shared,
    unfulfilled_units_merchant_declared, affected_orders,
    resolved_units::decimal(18, 3) as resolved_units,
    (unfulfilled_units / resolved_units)::double as unfulfillable_rate,
    null::double as unfulfillable_rate_eb, null::double as rate_low, null::double as rate_high,
    resolved_orders,
    lost_sales::decimal(18, 4) as lost_sales, null::double as demand_per_day,
    null::decimal(18, 4) as revenue_at_risk, first_unfulfilled_at, last_unfulfilled_at,
    last_shipped_at, null::varchar as stockout_status,
    row_number() over (
        partition by business_product_id, currency_code
        order by lost_sales desc nulls last, product_key
    ) as rank
from product where unfulfilled_units > 0;
comment on table reports.unfulfilled_products is 'One row per product with unfulfilled units.';
comment on column reports.unfulfilled_products.unfulfilled_units is 'Units Amazon did not ship.';
"""
