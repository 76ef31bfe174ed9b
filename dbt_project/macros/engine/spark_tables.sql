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
    {% set result = written_table(this, compiled_code, is_incremental()) %}
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

{# Writes a table's new rows, with those of the former one that stay, and puts it into its place. #}
{% macro written_table(relation, query, has_former=false) -%}
    {%- set table = relation.schema ~ '.' ~ relation.identifier -%}
    {%- set fresh = table ~ '__new' -%}
    {% call statement('main') -%}
        create table {{ fresh }} using parquet
        location '{{ var('spark_build') }}/{{ relation.schema }}/{{ relation.identifier }}' as {{ query }}
    {%- endcall %}
    {% if has_former %}
        {% do run_query(
            'insert into ' ~ fresh ~ ' by name select * from ' ~ table ~ ' as former where '
            ~ kept_rows(config.require('incremental_strategy'), fresh)
        ) %}
    {% endif %}
    {% do run_query('drop table if exists ' ~ table) %}
    {% do run_query('alter table ' ~ fresh ~ ' rename to ' ~ table) %}
    {{ return({'relations': [relation.incorporate(type='table')]}) }}
{%- endmacro %}

{# Which rows of `former` stay beside the `fresh` ones, by the strategies of `macros/rebuild/`. #}
{% macro kept_rows(strategy, fresh) -%}
    {%- if strategy == 'append' -%}
        true
    {%- elif strategy == 'replace_orders' -%}
        {%- set order_key = config.require('order_key') -%}
        not exists (
            select 1
            from (
                select business_product_id as store, order_id as order_key
                from {{ ref('touched_orders') }}
                union all
                select business_product_id as store, {{ order_key }} as order_key from {{ fresh }}
            ) as replaced
            where former.business_product_id = replaced.store
                and {{ order_key }} = replaced.order_key
        )
    {%- elif strategy == 'replace_periods' -%}
        {{ config.require('period_column') }} not in ({{ changed_dates(config.require('period')) }})
    {%- endif -%}
{%- endmacro %}

{% macro spark__create_functions(database) -%}{%- endmacro %}
