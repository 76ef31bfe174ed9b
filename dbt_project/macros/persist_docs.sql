{#
    Writes the YAML's descriptions of a table and its columns into the database, in one statement.
    dbt's own asks the database twice which columns there are; the contract has compared them already.
#}
{% macro duckdb__persist_docs(relation, model, for_relation, for_columns) -%}
    {% set comments %}
    {% if for_relation and config.persist_relation_docs() and model.description %}
    {{ alter_relation_comment(relation, model.description) }}
    {% endif %}
    {% if for_columns and config.persist_column_docs() %}
    {% for name, column in model.columns.items() if column.description %}
    comment on column {{ relation }}.{{ name }} is {{ duckdb_escape_comment(column.description) }};
    {% endfor %}
    {% endif %}
    {% endset %}
    {% if comments | trim %}
    {% do run_query(comments) %}
    {% endif %}
{%- endmacro %}
