{#
    Reports whose rows sum up a window of days and can't be added up from days: distinct orders,
    quantiles, a window against the one before. Each is a query of its own for the model of the
    current window and for the function of the same name that answers for any other.

    `bounds` is a query of one row, first_day and last_day. These are a function's parameters, too,
    so columns of these names never stand without their table's. An item without a currency has no
    price: it is counted with its store's most frequent one.

    since: a query of one row, first_day: what has none of the days `clocks` from then on is left out.
    A search for each of them, so that what lies before is not read.
#}
{% macro window_items(items, currencies, since, clocks=['resolved_on', 'cancelled_on']) -%}
    select
        items.*, coalesce(items.currency_code, currencies.currency_code) as page_currency,
        items.product_key as known_product_key,
        items.units * items.unit_price as sales,
        case when items.root_cause is not null then items.cancelled_on end as stopped_on
    from (
        {% for clock in clocks %}
        select dated.*
        from {{ items }} as dated
        cross join ({{ since }}) as since
        where dated.{{ clock }} >= since.first_day
            {%- for former in clocks[:loop.index0] %}
            and coalesce(dated.{{ former }} < since.first_day, true)
            {%- endfor %}
        {{ 'union all' if not loop.last }}
        {% endfor %}
    ) as items
    left join {{ currencies }} as currencies
        on items.business_product_id = currencies.business_product_id
{%- endmacro %}

{% macro window_and_before(bounds) -%}
    select
        ages.periods_ago,
        bounds.first_day - cast(ages.periods_ago * (bounds.last_day - bounds.first_day + 1) as integer)
            as first_day,
        bounds.last_day - cast(ages.periods_ago * (bounds.last_day - bounds.first_day + 1) as integer)
            as last_day
    from ({{ bounds }}) as bounds
    cross join (values (0), (1)) as ages (periods_ago)
{%- endmacro %}
