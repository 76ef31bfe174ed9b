{#
    Puts what this run wrote into the database files. DuckDB would also put rows of several days together,
    at any time and in as much memory as it may have (`max_vacuum_tasks` in profiles.yml). Of a long
    history that writes large parts again, however little a day has left behind, so it is kept for the end
    of every eighth build; with little memory it takes no longer.
#}
{% macro checkpoint_in_little_memory() -%}
    {{ return(adapter.dispatch('checkpoint_in_little_memory', 'bwp')()) }}
{%- endmacro %}

{% macro default__checkpoint_in_little_memory() -%}{%- endmacro %}

{% macro duckdb__checkpoint_in_little_memory() -%}
    set memory_limit = '200MB';
    {% set noted = ref('changed_days') %}
    {% set changed_days = load_relation(noted) if execute %}
    {% if changed_days %}
    {% set builds = run_query('select count(distinct built_through) from ' ~ changed_days).rows[0][0] %}
    {{ 'set max_vacuum_tasks = 100;' if builds % 8 == 0 }}
    {% endif %}
    checkpoint {{ target.database }};
    checkpoint bwp;
{%- endmacro %}
