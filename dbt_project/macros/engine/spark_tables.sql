{#
    Tables on Spark: Parquet files in the directory of this build, and never changed. Of a table
    that grows, large files of the former build in which nothing is replaced stay part of it as they
    are, and all other rows that stay are written again beside the new ones. The catalog is this
    session's own. What the tables are is written once, when all of it is done
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
    {%- set place = relation.schema ~ '/' ~ relation.identifier -%}
    {%- set former, left = [table], [] -%}
    {% call statement('main') -%}
        create table {{ fresh }} using parquet
        location '{{ var('spark_directory') }}/{{ var('spark_build') }}/{{ place }}'
        as {{ lying_together(query) }}
    {%- endcall %}
    {% if has_former %}
        {%- set replaced = replaced_rows(config.require('incremental_strategy'), fresh) -%}
        {%- set files = var('spark_files').get(table) if not config.get('is_added_to') -%}
        {% if files %}
            {%- set touched = names_of_files(table, replaced) -%}
            {%- set others = files.small + (files.large | select('in', touched) | list) -%}
            {%- do left.extend(files.large | reject('in', touched)) -%}
            {% if others %}
                {%- do former.append(table ~ '__former') -%}
                {% do run_query(table_of_files(former[-1], table, place, files.build, others)) %}
            {% endif %}
        {% endif %}
        {% if others or not files %}
            {% do run_query('insert into ' ~ fresh ~ ' by name ' ~ lying_together(
                'select * from ' ~ former[-1] ~ ' as former where not (' ~ replaced ~ ')'
            )) %}
        {% endif %}
    {% endif %}
    {% for one in former %}{% do run_query('drop table if exists ' ~ one) %}{% endfor %}
    {% if left %}
        {% do run_query(table_of_files(table, fresh, place, files.build, left, with_fresh=true)) %}
        {% do run_query('drop table ' ~ fresh) %}
    {% else %}
        {% do run_query('alter table ' ~ fresh ~ ' rename to ' ~ table) %}
    {% endif %}
    {{ return({'relations': [relation.incorporate(type='table')]}) }}
{%- endmacro %}

{# A table like another of files of the former build, and of all that this one has written of it. #}
{% macro table_of_files(table, like, place, build, names, with_fresh=false) -%}
    {%- set paths = [] -%}
    {%- for name in names -%}
        {%- do paths.append(build ~ '/' ~ place ~ '/' ~ name) -%}
    {%- endfor -%}
    {%- do paths.append(var('spark_build') ~ '/' ~ place ~ '/*.parquet') if with_fresh -%}
    create table {{ table }} like {{ like }} using parquet
    location '{{ var('spark_directory') }}/{{ '{' ~ paths | join(',') ~ '}' }}'
{%- endmacro %}

{# The files of a table in which a condition holds for any row. #}
{% macro names_of_files(table, condition) -%}
    {%- set found = run_query(
        'select distinct _metadata.file_name from ' ~ table ~ ' as former where ' ~ condition
    ) -%}
    {{ return(found.columns[0].values() | list) }}
{%- endmacro %}

{#
    A query's rows in the order of the model's time, if they are many: a day's changes then lie in
    few files. What has no time lies with the newest, which change anyway.
#}
{% macro lying_together(query) -%}
    {%- set time = config.get('lies_by') -%}
    {%- if time and var('spark_in_order') -%}
        select * from (
            {{ query }}
        ) order by {{ time }} nulls last
    {%- else -%}
        {{ query }}
    {%- endif -%}
{%- endmacro %}

{# Which rows of `former` give way to the `fresh` ones, by the strategies of `macros/rebuild/`. #}
{% macro replaced_rows(strategy, fresh) -%}
    {%- if strategy == 'append' -%}
        false
    {%- elif strategy == 'replace_orders' -%}
        {%- set order_key = config.require('order_key') -%}
        exists (
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
        {%- set first_day = config.require('period_column') -%}
        {{ first_day }} is null or {{ first_day }} in ({{ changed_dates(config.require('period')) }})
    {%- endif -%}
{%- endmacro %}

{% macro spark__create_functions(database) -%}{%- endmacro %}
