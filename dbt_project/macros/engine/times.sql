{# Days and times in each engine's words. Timestamps without a zone are UTC. #}

{# Text as a point in time, UTC; NULL where it is none. #}
{% macro instant_of(text) -%}{{ return(adapter.dispatch('instant_of', 'bwp')(text)) }}{%- endmacro %}
{% macro duckdb__instant_of(text) -%}try_cast({{ text }} as timestamptz) at time zone 'UTC'{%- endmacro %}
{# Spark takes parts of a day or of a date for a time, too. #}
{% macro spark__instant_of(text) -%}
    case
        when {{ text }} rlike '^ *[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}'
            then cast(try_cast({{ text }} as timestamp_ltz) as timestamp_ntz)
    end
{%- endmacro %}

{# The time so many microseconds after 1970 began. #}
{% macro time_of_micros(micros) -%}{{ return(adapter.dispatch('time_of_micros', 'bwp')(micros)) }}{%- endmacro %}
{% macro duckdb__time_of_micros(micros) -%}make_timestamp({{ micros }}){%- endmacro %}
{% macro spark__time_of_micros(micros) -%}cast(timestamp_micros({{ micros }}) as timestamp_ntz){%- endmacro %}

{# The merchant's calendar day of a UTC timestamp. #}
{% macro local_day(at, timezone) -%}{{ return(adapter.dispatch('local_day', 'bwp')(at, timezone)) }}{%- endmacro %}
{% macro duckdb__local_day(at, timezone) -%}
    cast(({{ at }} at time zone 'UTC') at time zone {{ timezone }} as date)
{%- endmacro %}
{% macro spark__local_day(at, timezone) -%}
    cast(from_utc_timestamp({{ at }}, {{ timezone }}) as date)
{%- endmacro %}

{# Hours from one timestamp to another, with fractions; each without its parts of a second. #}
{% macro hours_between(first, last) -%}{{ return(adapter.dispatch('hours_between', 'bwp')(first, last)) }}{%- endmacro %}
{% macro duckdb__hours_between(first, last) -%}
    (cast({{ dbt.datediff(first, last, 'second') }} as double) / 3600)
{%- endmacro %}
{% macro spark__hours_between(first, last) -%}
    (cast(
        unix_seconds(cast({{ last }} as timestamp_ltz)) - unix_seconds(cast({{ first }} as timestamp_ltz))
        as double
    ) / 3600)
{%- endmacro %}

{# The day so many days after another. #}
{% macro days_after(number, day) -%}{{ return(adapter.dispatch('days_after', 'bwp')(number, day)) }}{%- endmacro %}
{% macro duckdb__days_after(number, day) -%}{{ dbt.dateadd('day', number, day) }}{%- endmacro %}
{% macro spark__days_after(number, day) -%}date_add({{ day }}, {{ number }}){%- endmacro %}
