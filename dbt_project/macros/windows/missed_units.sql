{#
    Units wanted on days out of stock, over a group, that neither shipped nor stopped unfulfilled:
    what was never ordered. An aggregate; never below 0.
#}
{% macro missed_units(wanted, shipped, unfulfilled) -%}
    greatest(
        coalesce(sum({{ wanted }}), 0) - coalesce(sum({{ shipped }}), 0)
        - coalesce(sum({{ unfulfilled }}), 0), 0
    )
{%- endmacro %}
