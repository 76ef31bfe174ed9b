-- Did events come under several names or more than once?
select archived_names, event_type, count(*) as events, sum(copies) as archived_records
from marts.fct_events
group by all
having sum(copies) > count(*)
order by archived_records desc, event_type, archived_names
limit 6;
