{% set checks = [
    ('missing_days', 'warn', 'Archive days that no run has read, between the first and the last one read: the next run reads them.'),
    ('lost_rows', 'warn', 'Archived records in the manifest that the lake lacks: read again if the archive still has them.'),
    ('damaged_lake_files', 'warn', 'Lake files that were damaged and set aside; their content is read or fetched again.'),
    ('events_dated_ahead', 'warn', 'Events dated more than two days after their archive day: kept, but not taken as recent.'),
    ('quarantined_records', 'warn', 'Archived records that could not be read; see bwp quarantine.'),
    ('unknown_records', 'warn', 'Archived records of an unknown kind: counted, not stored.'),
    ('orders_without_snapshot', 'warn', 'Orders that events name and the API has not returned: unknown, refused, unavailable or not asked for yet.'),
    ('unresolved_deliveries', 'warn', 'The event and the snapshot disagree about a delivery.'),
    ('units_unknown', 'warn', 'Delivery items without units from the API: left out of all sums of units.'),
    ('units_negative_or_zero', 'warn', 'Delivery items whose units are not positive.'),
    ('units_fractional', 'warn', 'Delivery items whose units are not whole.'),
    ('units_above_ordered', 'warn', 'Lines whose deliveries contain more units than were ordered.'),
    ('lines_unknown', 'warn', 'Delivery items whose line item is missing from the order.'),
    ('product_unknown', 'warn', 'Delivery items that name no product: reported under the key UNKNOWN.'),
    ('price_unknown', 'warn', 'Cancelled delivery items without a price: left out of all sums of money.'),
    ('state_unseen', 'warn', 'Delivery items in a state that is not documented.'),
    ('reason_unseen', 'warn', 'Cancelled delivery items with a reason that is not documented.'),
    ('reason_unknown', 'warn', 'Cancelled delivery items without any reason.'),
    ('orders_set_aside', 'warn', 'Orders whose answer contradicts itself, left out as a whole: see meta.orders_set_aside.'),
    ('undated_units', 'warn', 'Delivery items decided at an unknown time: left out of all windows and rates.'),
    ('values_implausible', 'warn', 'Impossible times and prices: treated as missing.'),
    ('delivery_unnamed', 'warn', 'Delivery items in a delivery without an id, counted by its state.'),
    ('entries_elsewhere', 'warn', 'Entries of a delivery that only appear under another line: left out of all sums of units.'),
    ('merchant_delivered', 'info', 'Delivery items that the merchant delivers itself: left out of figures on restocking and fulfilment.'),
    ('duplicate_events', 'info', 'Events archived more than once, merged.'),
] %}
with checks as (
    {% for name, severity, meaning in checks %}
    select '{{ name }}' as check_name, '{{ severity }}' as severity, '{{ meaning }}' as meaning
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- Decided at a time that nothing tells, between the order and the snapshot: what of it may lie in the
-- window would change its rates.
window_units as (
    select
        sum(case when items.resolved_on is null then items.units else 0 end)
            as undated_units,
        sum(items.units) as units
    from {{ ref('fct_delivery_items') }} as items
    cross join {{ ref('agg_report_window') }} as report_window
    where
        items.resolved_on between report_window.first_day and report_window.last_day
        or (
            items.resolved_at is null and {{ is_past_pending('items.state') }}
            and cast(items.snapshot_at as date) >= report_window.first_day
            and coalesce(items.ordered_on <= report_window.last_day, true)
        )
),

findings as (
    select check_name, example, 1 as records from {{ ref('agg_order_findings') }}
    union all
    select 'unresolved_deliveries', order_id, 1 from {{ ref('unresolved_deliveries') }}
    union all
    select 'orders_set_aside', order_id, 1 from {{ ref('agg_orders_set_aside') }}
    union all
    select check_name, example, records from {{ ref('agg_lake_findings') }}
)

select
    checks.check_name, checks.severity, checks.meaning,
    cast(coalesce(sum(findings.records), 0) as bigint) as found,
    {{ first_examples('findings.example') }} as examples,
    max(case
        when checks.check_name = 'undated_units'
            then {{ ratio('coalesce(window_units.undated_units, 0)', 'window_units.units') }}
    end) as window_share
from checks
cross join window_units
left join findings on checks.check_name = findings.check_name
group by checks.check_name, checks.severity, checks.meaning
