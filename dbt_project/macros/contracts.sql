{#
    A table's columns are compared with its contract when the table is first made. No later build has
    other SQL, for another version of the project starts a new warehouse; asking again would take two
    statements for each table of each day.
#}
{% macro duckdb__get_assert_columns_equivalent(sql) -%}
    {% if load_cached_relation(this) is none %}
    {{ assert_columns_equivalent(sql) }}
    {% endif %}
{%- endmacro %}
