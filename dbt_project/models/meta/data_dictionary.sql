-- Written from the project itself, so that no description is kept twice.
{% set rows = [] %}
{% if execute %}
    {% for node in graph.nodes.values() | sort(attribute='unique_id') %}
        {% if node.resource_type in ('model', 'seed') and node.schema in ('marts', 'reports', 'meta') %}
            {% do rows.append([node.schema, node.name, 0, none, none, none, node.description]) %}
            {% for column in node.columns.values() %}
                {% do rows.append([
                    node.schema, node.name, loop.index, column.name, column.data_type,
                    column.config.meta.unit, column.description
                ]) %}
            {% endfor %}
        {% endif %}
    {% endfor %}
{% endif %}
select
    cast(schema_name as varchar) as schema_name, cast(table_name as varchar) as table_name,
    cast(column_number as integer) as column_number, cast(column_name as varchar) as column_name,
    cast(data_type as varchar) as data_type, cast(unit as varchar) as unit,
    cast(description as varchar) as description
from (
    values
    {% for row in rows or [[none] * 7] %}
    ({{ literals(row) }}){{ ',' if not loop.last }}
    {% endfor %}
) as documented (
    schema_name, table_name, column_number, column_name, data_type, unit, description
)
