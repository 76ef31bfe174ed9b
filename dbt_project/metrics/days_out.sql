select
    episodes.business_product_id, episodes.product_key, episodes.first_day,
    count(days.day) as days_out
from reports.stockout_episodes as episodes
inner join marts.fct_product_days as days
    on episodes.business_product_id = days.business_product_id
    and episodes.product_key = days.product_key
    and days.day between episodes.first_day and episodes.last_day
where days.stockout_status in ('ONGOING', 'SILENT')
group by episodes.business_product_id, episodes.product_key, episodes.first_day
