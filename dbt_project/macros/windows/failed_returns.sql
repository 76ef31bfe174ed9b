{# Whether a return package failed to arrive: it did once, and has not arrived since. #}
{% macro is_failed_return(packages) -%}
    (
        ({{ packages }}.failed_at is not null or {{ packages }}.state = 'FAILED')
        and coalesce({{ packages }}.state, '') <> 'DELIVERED'
        and ({{ packages }}.delivered_at is null or {{ packages }}.delivered_at < {{ packages }}.failed_at)
    )
{%- endmacro %}
