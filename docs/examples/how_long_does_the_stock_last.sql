-- Of which products does the stock run out first, by what Amazon last told?
select
    product_key, buyable_units, told_on, round(demand_per_day, 2) as demand_per_day,
    round(days_of_cover, 1) as days_of_cover, lasts_until
from reports.stock_cover
order by days_of_cover nulls last, product_key
limit 8;
