-- What became of the products that were listed four weeks ago, and how well did it hold?
select
    sku, stockout_status as told_then, stockout_status_now as now, recovered_on, days_out,
    shipped_units, round(revenue_at_risk, 2) as at_risk_then, round(lost_sales, 2) as lost_since,
    round(demand_per_day * days_on_sale, 1) as units_expected, round(wanted_units, 1) as units_wanted
from reports.scorecard
where is_listed
order by revenue_at_risk desc nulls last, sku
limit 8;
