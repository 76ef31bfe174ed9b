{#
    For a test: how many rows of each model break its grain, as its YAML states it (`meta.grain`;
    columns in `meta.optional` belong to it and may be NULL). A broken key would double figures. What
    replaces touched orders only can have broken theirs, so only their rows are read.
#}
{% macro broken_keys(names) -%}
    {% do ref('touched_orders') %}
    {% do ref('rebuild_bounds') %}
    {%- for name in names %}
    {%- set relation = ref(name) -%}
    {%- set node = graph.nodes.get('model.bwp.' ~ name) or graph.nodes.get('seed.bwp.' ~ name) if execute -%}
    {%- set required = node.config.meta.grain if node else [] -%}
    {%- set optional = node.config.meta.optional or [] if node else [] -%}
    {%- set clock = node.config.get('clock') if node -%}
    select '{{ name }}' as table_name, count(*) as broken_keys
    from (
        select 1 as broken
        from {{ relation }}
        {% if node and node.config.incremental_strategy == 'replace_orders' -%}
        where {{ are_touched(clock) }}
        {% endif -%}
        {% if required -%}
        group by {{ (required + optional) | join(', ') }}
        having count(*) > 1 or {{ required | join(' is null or ') }} is null
        {%- else -%}
        having count(*) > 1
        {%- endif %}
    ) as broken
    having count(*) > 0
    {{ 'union all' if not loop.last }}
    {% endfor %}
{%- endmacro %}
