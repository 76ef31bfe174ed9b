{#
    Tables on Spark: Parquet files in the directory of this build, and never changed. A table that
    a build replaces is written whole, beside the former one; the catalog is this session's own.
    Which build's directories are the tables is written once, when all of it is done
    (`bwp_pipeline/warehouse/spark_tables.py`), so a build that was killed has changed nothing.
#}

{# Spark has no databases above schemas. #}
{% macro spark__generate_database_name(custom_database_name=none, node=none) -%}
    {% do return(none) %}
{%- endmacro %}

{% materialization table, adapter='spark' %}
    {{ return(written_table(this, compiled_code)) }}
{% endmaterialization %}

{% materialization incremental, adapter='spark' %}
    {% do run_traces(pre_hooks) %}
    {% set kept -%}
        {%- if is_incremental() -%}{{ kept_rows(config.require('incremental_strategy')) }}{%- endif -%}
    {%- endset %}
    {% set result = written_table(this, compiled_code, kept) %}
    {% do run_traces(post_hooks) %}
    {{ return(result) }}
{% endmaterialization %}

{# Hooks around a model; dbt's own way begins with a commit, which Spark doesn't know. #}
{% macro run_traces(hooks) -%}
    {% for hook in hooks %}
        {% set statement = render(hook.sql) | trim %}
        {% if statement %}{% do run_query(statement) %}{% endif %}
    {% endfor %}
{%- endmacro %}

{#
    Writes a table and puts it into the place of the former one.

    kept: a condition for those of the former rows that stay, where `fresh` are the new ones; none:
        all rows are new.
#}
{% macro written_table(relation, query, kept='') -%}
    {%- set table = relation.schema ~ '.' ~ relation.identifier -%}
    {%- set directory = var('spark_build') ~ '/' ~ relation.schema ~ '/' ~ relation.identifier -%}
    {% do run_query('create schema if not exists ' ~ relation.schema) %}
    {% if kept %}
        {% do run_query('create or replace temporary view fresh_' ~ relation.identifier ~ ' as ' ~ query) %}
        {% set fresh = 'fresh_' ~ relation.identifier %}
        {% set names = adapter.get_columns_in_relation(relation) | map(attribute='column') | join(', ') %}
        {% set query -%}
            select {{ names }} from {{ table }} as former where {{ kept }}
            union all
            select {{ names }} from {{ fresh }}
        {%- endset %}
        {% call statement('main') -%}
            create table {{ table }}__new using parquet location '{{ directory }}' as {{ query }}
        {%- endcall %}
        {% do run_query('drop view ' ~ fresh) %}
    {% else %}
        {% call statement('main') -%}
            create table {{ table }}__new using parquet location '{{ directory }}' as {{ query }}
        {%- endcall %}
    {% endif %}
    {% do run_query('drop table if exists ' ~ table) %}
    {% do run_query('alter table ' ~ table ~ '__new rename to ' ~ table) %}
    {{ return({'relations': [relation.incorporate(type='table')]}) }}
{%- endmacro %}

{# Which rows of `former` stay, by the strategies of `macros/rebuild/`; `fresh_…` are the new ones. #}
{% macro kept_rows(strategy) -%}
    {%- set fresh = 'fresh_' ~ this.identifier -%}
    {%- if strategy == 'append' -%}
        true
    {%- elif strategy == 'replace_orders' -%}
        {%- set order_key = config.require('order_key') -%}
        not exists (
            select 1
            from (
                select business_product_id as store, order_id as order_key
                from {{ ref('touched_orders') }}
                union
                select business_product_id as store, {{ order_key }} as order_key from {{ fresh }}
            ) as replaced
            where former.business_product_id = replaced.store
                and {{ order_key }} = replaced.order_key
        )
    {%- elif strategy == 'replace_periods' -%}
        {%- set period_column = config.require('period_column') -%}
        {{ period_column }} is not null and not exists (
            select 1
            from ({{ changed_periods(config.require('period')) }}) as changed_period
            where former.{{ period_column }} = changed_period.first_day
        )
    {%- endif -%}
{%- endmacro %}

{% macro spark__create_functions(database) -%}{%- endmacro %}
