-- How far does the data reach, and what is odd about it?
select check_name, severity, found, examples, (select data_through from meta.report_window) as data_through
from reports.data_quality
where found > 0
order by found desc, check_name;
