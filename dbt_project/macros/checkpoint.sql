{#
    Puts what this run wrote into the database files, and rows of several days together. DuckDB would
    do the latter at any time, in as much memory as it may have; with little it takes no longer. So it
    is kept for the end (`max_vacuum_tasks` in profiles.yml).
#}
{% macro checkpoint_in_little_memory() -%}
    {{ return(adapter.dispatch('checkpoint_in_little_memory', 'bwp')()) }}
{%- endmacro %}

{% macro default__checkpoint_in_little_memory() -%}{%- endmacro %}

{% macro duckdb__checkpoint_in_little_memory() -%}
    set memory_limit = '200MB';
    set max_vacuum_tasks = 100;
    checkpoint {{ target.database }};
    checkpoint bwp;
{%- endmacro %}
