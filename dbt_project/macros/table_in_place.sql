{#
    A table, made anew in its place in one transaction. dbt-duckdb's own materialization builds it
    beside the former one and renames both: six statements instead of one, for each model of each
    small day. Nobody reads the warehouse while it is built.
#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set target = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% if model['language'] == 'python' %}
    {% do run_query('drop table if exists ' ~ target) %}
    {% call statement('main', language='python') -%}
        {{- create_table_as(False, target, compiled_code, 'python') }}
    {%- endcall %}
    {% else %}
    {% call statement('main') -%}
        drop table if exists {{ target }};
        {{ create_table_as(False, target, compiled_code) }}
    {%- endcall %}
    {% endif %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do persist_docs(target, model) %}
    {{ adapter.commit() }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}
