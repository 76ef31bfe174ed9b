-- Which returned stock will not come back?
select
    product_key, reason, carrier_code, sum(failed_packages) as packages,
    sum(failed_units) as units, sum(failed_value) as value, currency_code
from reports.return_failures
group by all
order by units desc nulls last, product_key, reason, carrier_code
limit 8;
