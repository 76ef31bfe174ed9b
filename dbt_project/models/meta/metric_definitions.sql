-- The words are a seed, the SQL is the file of the metric's name in metrics/.
{% set rows = [] %}
{% if execute %}
    {% for node in graph.nodes.values() | sort(attribute='unique_id') %}
        {% if node.resource_type == 'analysis' %}
            {% do rows.append([node.name, node.raw_code]) %}
        {% endif %}
    {% endfor %}
{% endif %}
select
    words.metric, words.table_name, words.column_name, words.label, words.counts, words.formula,
    words.clock, words.not_counted, words.use, cast(computed.query as varchar) as query
from {{ ref('metric_words') }} as words
left join (
    values
    {% for row in rows or [[none] * 2] %}
    ({{ literals(row) }}){{ ',' if not loop.last }}
    {% endfor %}
) as computed (metric, query)
    on words.metric = computed.metric
