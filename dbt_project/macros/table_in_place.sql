{#
    Tables, made anew or added to in their place in one transaction. dbt-duckdb's own
    materializations build beside the former table and rename, and ask for the columns of both: a
    dozen statements instead of one or two, for each model of each small day. Nobody reads the
    warehouse while it is built, and no table outlives the SQL that made it: another version of the
    project starts a new warehouse.
#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main', language=model['language']) -%}{{- making_anew() }}{%- endcall %}
    {% do persist_docs(this.incorporate(type='table'), model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{% endmaterialization %}

{#
    The strategies of `macros/rebuild/` say which rows of the table give way to the fresh ones. Their
    columns match by name. Hooks may stand before and after the transaction.
#}
{% materialization incremental, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% if load_cached_relation(this) is none or should_full_refresh() %}
        {% call statement('main', language=model['language']) -%}{{- making_anew() }}{%- endcall %}
        {% do persist_docs(this.incorporate(type='table'), model) %}
    {% else %}
        {%- set fresh = api.Relation.create(identifier=this.identifier ~ '__fresh') -%}
        {%- set strategy = config.get('incremental_strategy', 'append') -%}
        {%- set replaced -%}
            {%- if strategy != 'append' -%}
            {{ context['get_incremental_' ~ strategy ~ '_sql'](
                {'target_relation': this, 'temp_relation': fresh}
            ) }};
            {%- endif -%}
        {%- endset -%}
        {% if model['language'] == 'python' %}
            {% call statement('fresh', language='python') -%}
                {{- create_table_as(True, fresh, compiled_code, 'python') }}
            {%- endcall %}
        {% endif %}
        {% call statement('main') -%}
            {% if model['language'] == 'sql' %}
            {{ forgetting_pages() }}
            create temporary table {{ fresh }} as {{ compiled_code }};
            {% endif %}
            {{ replaced }}
            insert into {{ this }} by name select * from {{ fresh }};
            drop table {{ fresh }}
        {%- endcall %}
    {% endif %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{% endmaterialization %}

{# What makes the table anew, in the model's language; the former one is gone before. #}
{% macro making_anew() -%}
    {%- set drop_former = 'drop table if exists ' ~ this -%}
    {%- if model['language'] == 'sql' -%}
    {{ forgetting_pages() }}
    {{ drop_former }};
    {%- else -%}
    {%- do run_query(drop_former) -%}
    {%- endif -%}
    {{ create_table_as(False, this, compiled_code, model['language']) }}
{%- endmacro %}

{#
    DuckDB keeps the pages that it has read as long as it may take memory, so a day of a long history
    would hold what all its models read. They give way when it may take little for a moment; what comes
    then takes as much as before. Where it is asked, nothing is being read.
#}
{% macro forgetting_pages() -%}
    set memory_limit = '100MB';
    set memory_limit = '{{ var('memory_limit', '80%') }}';
{%- endmacro %}
