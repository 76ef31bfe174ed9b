{# JSON: the payload as one structure, and values that are text in one version and an object in another. #}

{# The payload taken apart; `structure` as in `order_structure`. What has another shape is NULL. #}
{% macro parse_payload(payload, structure) -%}
    {{ return(adapter.dispatch('parse_payload', 'bwp')(payload, structure)) }}
{%- endmacro %}
{% macro duckdb__parse_payload(payload, structure) -%}
    from_json({{ payload }}, '{{ tojson(structure) }}')
{%- endmacro %}
{% macro spark__parse_payload(payload, structure) -%}
    from_json({{ payload }}, '{{ spark_type(structure) }}')
{%- endmacro %}

{# A structure as Spark writes types. #}
{% macro spark_type(structure) -%}
    {%- if structure is mapping -%}
        struct<
        {%- for name, part in structure.items() -%}
            `{{ name }}`: {{ spark_type(part) }}{{ ', ' if not loop.last }}
        {%- endfor -%}
        >
    {%- elif structure is string -%}{{ {'VARCHAR': 'string', 'JSON': 'variant'}[structure] }}
    {%- else -%}array<{{ spark_type(structure[0]) }}>
    {%- endif -%}
{%- endmacro %}

{% macro is_json_object(json) -%}{{ return(adapter.dispatch('is_json_object', 'bwp')(json)) }}{%- endmacro %}
{% macro duckdb__is_json_object(json) -%}json_type({{ json }}) = 'OBJECT'{%- endmacro %}
{% macro spark__is_json_object(json) -%}startswith(schema_of_variant({{ json }}), 'OBJECT'){%- endmacro %}

{# Whether there is a text or a number at a path. #}
{% macro is_json_scalar(json, path) -%}
    {{ return(adapter.dispatch('is_json_scalar', 'bwp')(json, path)) }}
{%- endmacro %}
{% macro duckdb__is_json_scalar(json, path) -%}
    json_type({{ json }}, '{{ path }}') in ('VARCHAR', 'UBIGINT', 'BIGINT', 'DOUBLE')
{%- endmacro %}
{% macro spark__is_json_scalar(json, path) -%}
    regexp_replace(schema_of_variant(try_variant_get({{ json }}, '{{ path }}', 'variant')), '[(].*', '')
    in ('STRING', 'BIGINT', 'DECIMAL', 'DOUBLE')
{%- endmacro %}

{# The text at a path such as `$.amount`; `$` is the value itself. #}
{% macro json_text(json, path) -%}{{ return(adapter.dispatch('json_text', 'bwp')(json, path)) }}{%- endmacro %}
{% macro duckdb__json_text(json, path) -%}{{ json }} ->> '{{ path }}'{%- endmacro %}
{% macro spark__json_text(json, path) -%}try_variant_get({{ json }}, '{{ path }}', 'string'){%- endmacro %}
