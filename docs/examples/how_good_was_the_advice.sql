-- How well did the advice of four weeks ago hold? (All 0 until the archive is 29 days old.)
select
    count(*) as products, count(case when stockout_status in ('ONGOING', 'SILENT') then 1 end) as told_out,
    count(recovered_on) as sold_again, count(ran_out_on) as ran_out_since,
    coalesce(round(sum(demand_per_day * days_on_sale)), 0) as units_expected,
    coalesce(round(sum(wanted_units)), 0) as units_wanted
from reports.scorecard;
