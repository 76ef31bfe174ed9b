{#
    Lists and structs of the payload. Belongs here: one macro a need, in each engine's words. Does
    not belong here: what the values mean.
#}

{# One row for each value of a list; none for an empty or a missing one. Stands alone in a column. #}
{% macro each_of(list) -%}{{ return(adapter.dispatch('each_of', 'bwp')(list)) }}{%- endmacro %}
{% macro duckdb__each_of(list) -%}unnest({{ list }}){%- endmacro %}
{% macro spark__each_of(list) -%}explode({{ list }}){%- endmacro %}

{# The same of a list of structs, with a column for each of their fields. #}
{% macro each_struct(list) -%}{{ return(adapter.dispatch('each_struct', 'bwp')(list)) }}{%- endmacro %}
{% macro duckdb__each_struct(list) -%}unnest({{ list }}, recursive := true){%- endmacro %}
{% macro spark__each_struct(list) -%}inline({{ list }}){%- endmacro %}

{# A list of these expressions. #}
{% macro list_of(expressions) -%}{{ return(adapter.dispatch('list_of', 'bwp')(expressions)) }}{%- endmacro %}
{% macro duckdb__list_of(expressions) -%}[{{ expressions | join(', ') }}]{%- endmacro %}
{% macro spark__list_of(expressions) -%}array({{ expressions | join(', ') }}){%- endmacro %}

{# A list with an expression of each value, which stands under a name in it. #}
{% macro list_map(list, name, expression) -%}
    {{ return(adapter.dispatch('list_map', 'bwp')(list, name, expression)) }}
{%- endmacro %}
{% macro duckdb__list_map(list, name, expression) -%}
    list_transform({{ list }}, lambda {{ name }}: {{ expression }})
{%- endmacro %}
{% macro spark__list_map(list, name, expression) -%}
    transform({{ list }}, {{ name }} -> {{ expression }})
{%- endmacro %}

{# The values of a list for which a condition holds. #}
{% macro list_where(list, name, condition) -%}
    {{ return(adapter.dispatch('list_where', 'bwp')(list, name, condition)) }}
{%- endmacro %}
{% macro duckdb__list_where(list, name, condition) -%}
    list_filter({{ list }}, lambda {{ name }}: {{ condition }})
{%- endmacro %}
{% macro spark__list_where(list, name, condition) -%}
    filter({{ list }}, {{ name }} -> {{ condition }})
{%- endmacro %}

{# How many values a list has; NULL for a missing one. #}
{% macro list_length(list) -%}{{ return(adapter.dispatch('list_length', 'bwp')(list)) }}{%- endmacro %}
{% macro duckdb__list_length(list) -%}len({{ list }}){%- endmacro %}
{% macro spark__list_length(list) -%}array_size({{ list }}){%- endmacro %}

{# A list's first value, NULL in an empty one. #}
{% macro first_of(list) -%}{{ return(adapter.dispatch('first_of', 'bwp')(list)) }}{%- endmacro %}
{% macro duckdb__first_of(list) -%}{{ list }}[1]{%- endmacro %}
{% macro spark__first_of(list) -%}get({{ list }}, 0){%- endmacro %}

{# The value so many places from a list's end. #}
{% macro from_end(list, places) -%}{{ return(adapter.dispatch('from_end', 'bwp')(list, places)) }}{%- endmacro %}
{% macro duckdb__from_end(list, places) -%}{{ list }}[-{{ places }}]{%- endmacro %}
{% macro spark__from_end(list, places) -%}try_element_at({{ list }}, -{{ places }}){%- endmacro %}

{# The value after another in a list of texts, and whether there is such another. #}
{% macro after_in(list, text) -%}{{ return(adapter.dispatch('after_in', 'bwp')(list, text)) }}{%- endmacro %}
{% macro duckdb__after_in(list, text) -%}{{ list }}[list_position({{ list }}, {{ text }}) + 1]{%- endmacro %}
{% macro spark__after_in(list, text) -%}
    get({{ list }}, cast(array_position({{ list }}, {{ text }}) as int))
{%- endmacro %}

{% macro is_in_list(list, text) -%}{{ return(adapter.dispatch('is_in_list', 'bwp')(list, text)) }}{%- endmacro %}
{% macro duckdb__is_in_list(list, text) -%}list_position({{ list }}, {{ text }}) > 0{%- endmacro %}
{% macro spark__is_in_list(list, text) -%}array_position({{ list }}, {{ text }}) > 0{%- endmacro %}

{# Two lists as one; a missing one is an empty one. #}
{% macro joined_lists(first, second) -%}
    {{ return(adapter.dispatch('joined_lists', 'bwp')(first, second)) }}
{%- endmacro %}
{% macro duckdb__joined_lists(first, second) -%}list_concat({{ first }}, {{ second }}){%- endmacro %}
{% macro spark__joined_lists(first, second) -%}
    concat(coalesce({{ first }}, array()), coalesce({{ second }}, array()))
{%- endmacro %}

{# The different values of a list, without NULL. #}
{% macro list_distinct(list) -%}{{ return(adapter.dispatch('list_distinct', 'bwp')(list)) }}{%- endmacro %}
{% macro duckdb__list_distinct(list) -%}list_distinct({{ list }}){%- endmacro %}
{% macro spark__list_distinct(list) -%}array_distinct(array_compact({{ list }})){%- endmacro %}

{# The sum of a list of decimals, NULL where none is known. #}
{% macro list_total(list) -%}{{ return(adapter.dispatch('list_total', 'bwp')(list)) }}{%- endmacro %}
{% macro duckdb__list_total(list) -%}list_sum({{ list }}){%- endmacro %}
{% macro spark__list_total(list) -%}
    case
        when exists({{ list }}, known -> known is not null) then aggregate(
            array_compact({{ list }}), cast(0 as decimal(38, 3)),
            (total, known) -> cast(total + known as decimal(38, 3))
        )
    end
{%- endmacro %}

{# A struct of named expressions. #}
{% macro struct() -%}{{ return(adapter.dispatch('struct', 'bwp')(kwargs)) }}{%- endmacro %}
{% macro duckdb__struct(fields) -%}
    { {%- for name, value in fields.items() -%}'{{ name }}': {{ value }}{{ ', ' if not loop.last }}{%- endfor -%} }
{%- endmacro %}
{% macro spark__struct(fields) -%}
    named_struct(
        {%- for name, value in fields.items() -%}'{{ name }}', {{ value }}{{ ', ' if not loop.last }}{%- endfor -%}
    )
{%- endmacro %}

{# The least struct of a list, compared field by field; fields that may be NULL are `null_last`. #}
{% macro least_struct(list) -%}{{ return(adapter.dispatch('least_struct', 'bwp')(list)) }}{%- endmacro %}
{% macro duckdb__least_struct(list) -%}list_sort({{ list }})[1]{%- endmacro %}
{% macro spark__least_struct(list) -%}array_min({{ list }}){%- endmacro %}

{# A text that only orders structs: NULL comes after every text. #}
{% macro null_last(text) -%}{{ return(adapter.dispatch('null_last', 'bwp')(text)) }}{%- endmacro %}
{% macro duckdb__null_last(text) -%}{{ text }}{%- endmacro %}
{% macro spark__null_last(text) -%}coalesce({{ text }}, '\U0010ffff'){%- endmacro %}
