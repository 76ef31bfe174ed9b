{#
    Reading what the API answered. Only intermediate models call these.

    The door of values: what no order can hold is NULL and counted (`dropped_values`), never an error
    and never a sum that overflows.
#}

{#
    A time as ISO 8601, or in milliseconds of the epoch as a number or its text: UTC. Between 2000
    and 2100; nothing was sold with Buy with Prime outside.
#}
{% macro parse_time(text) -%}
    {%- set milliseconds -%}try_cast({{ text }} as double){%- endset -%}
    {%- set instant = instant_of(text) -%}
    case
        when {{ milliseconds }} between 946684800000 and 4102444800000
            then {{ time_of_micros('cast(' ~ milliseconds ~ ' * 1000 as bigint)') }}
        when {{ milliseconds }} is null
            and {{ instant }} between timestamp '2000-01-01' and timestamp '2100-01-01'
            then {{ instant }}
    end
{%- endmacro %}

{#
    Units of an amount, under either of its names; NULL where they are not counted in pieces, or more
    than a line can hold.
#}
{% macro parse_units(amount) -%}
    case
        when coalesce({{ amount }}.unit, 'ONE') = 'ONE'
            then {{ plausible_units('coalesce(' ~ amount ~ '.value, ' ~ amount ~ '.amount)') }}
    end
{%- endmacro %}

{% macro plausible_units(text) -%}
    case
        when try_cast({{ text }} as decimal(18, 3)) between -100000 and 100000
            then try_cast({{ text }} as decimal(18, 3))
    end
{%- endmacro %}

{# An amount of money. #}
{% macro parse_money(text) -%}
    case
        when try_cast({{ text }} as decimal(18, 4)) between -100000000 and 100000000
            then try_cast({{ text }} as decimal(18, 4))
    end
{%- endmacro %}

{#
    A value that is bare text in one API version and wrapped as `value` in another; blank is missing,
    and so is a list or an object, which would name a product after its brackets.
#}
{% macro parse_identifier(json) -%}
    {%- set text -%}
    case
        when {{ is_json_scalar(json, '$') }} then {{ json_text(json, '$') }}
        when {{ is_json_scalar(json, '$.value') }} then {{ json_text(json, '$.value') }}
    end
    {%- endset -%}
    nullif({{ trimmed(text) }}, '')
{%- endmacro %}

{#
    An identifier of a 2024-01-01 line item by its kind, one of the upper-case names given without
    their underscores.
#}
{% macro item_identifier(identifiers, kinds) -%}
    {%- set named -%}
        replace(upper(identifier.identifierType), '_', '') in ({{ kinds }})
        and {{ trimmed('identifier.identifierValue') }} <> ''
    {%- endset -%}
    {{ trimmed(first_of(list_where(identifiers, 'identifier', named)) ~ '.identifierValue') }}
{%- endmacro %}

{# The names of those values that are there and could not be used: pairs of a text and what it became. #}
{% macro dropped_values(pairs) -%}
    {%- set names = [] -%}
    {%- for name, text, value in pairs -%}
        {%- do names.append(
            'case when ' ~ text ~ ' is not null and ' ~ value ~ " is null then '" ~ name ~ "' end"
        ) -%}
    {%- endfor -%}
    {{ list_where(list_of(names), 'name', 'name is not null') }}
{%- endmacro %}
