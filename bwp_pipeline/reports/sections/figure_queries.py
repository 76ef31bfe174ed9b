"""The SQL behind each key figure: run on the published file, it gives the number on the page.

Here belongs narrowing a metric's own query to a page's store, currency and days. What a metric
counts is SQL in `dbt_project/metrics`, how its value is printed is in `figures`.
"""

from collections.abc import Mapping, Sequence
from textwrap import indent

from bwp_pipeline.reports.reading.data import Window
from bwp_pipeline.reports.reading.rows import PageKey
from bwp_pipeline.reports.sections.figures import Figure

_WINDOW = "meta.report_window as report_window"
_OF_METRIC = {
    "cancelled_units": (
        "select coalesce(sum(cancelled_units), 0) as cancelled_units\nfrom metric\nwhere {page}\n"
        "    and cancelled_on between {first} and {last}"
    ),
    "unfulfilled_units": (
        "select coalesce(sum(unfulfilled_units), 0) as unfulfilled_units\nfrom metric\nwhere {page}"
    ),
    "lost_sales": "select coalesce(sum(lost_sales), 0) as lost_sales\nfrom metric\nwhere {page}",
    "stockout_status": (
        "select count(*) as products_out\nfrom metric\n"
        "inner join {unfulfilled_products} as listed using (business_product_id, product_key)\n"
        "where {page}\n    and metric.stockout_status in ('ONGOING', 'SILENT')"
    ),
}
_UNIT_FILL_RATE = """\
select case
    when unfulfilled_units <= resolved_units - withdrawn_units
        then 1 - unfulfilled_units / nullif(resolved_units - withdrawn_units, 0)
end as unit_fill_rate
from {key_figures}
where {page}
    and periods_ago = 0"""
"""Of a window; the metric's own query is of each day, and rates of days don't add up."""


def figure_queries(
    figures: Sequence[Figure],
    queries: Mapping[str, str],
    window: Window,
    page: PageKey,
    *,
    is_main_currency: bool,
) -> list[tuple[str, str, str]]:
    """Return the figures' metrics and names, each with its SQL.

    Args:
        figures: the page's key figures.
        queries: the metrics' own queries, by metric.
        window: the page's days, by which the SQL stays the page's when another day is published.
        page: the page's store and currency.
        is_main_currency: whether what has no price counts here.
    """
    days = {"first": f"date '{window.first_day}'", "last": f"date '{window.last_day}'"}
    names = {
        name: f"reports.{name}"
        if window.is_current
        else f"reports.{name}_between({{first}}, {{last}})"
        for name in ("key_figures", "unfulfilled_products")
    }
    values = {
        **days,
        "page": _page_condition(page, is_main_currency=is_main_currency),
        **{name: text.format(**days) for name, text in names.items()},
    }
    found = []
    for figure in figures:
        if figure.metric == "unit_fill_rate":
            found.append((figure.metric, figure.name, _UNIT_FILL_RATE.format(**values)))
        elif figure.metric in queries:
            bounds = "(select {first} as first_day, {last} as last_day) as report_window"
            metric = queries[figure.metric].strip().replace(_WINDOW, bounds.format(**days))
            asked = _OF_METRIC[figure.metric].format(**values)
            query = f"with metric as (\n{indent(metric, '    ')}\n)\n\n{asked}"
            found.append((figure.metric, figure.name, query))
    return found


def _page_condition(page: PageKey, *, is_main_currency: bool) -> str:
    store, currency = page
    told = "currency_code is null"
    if currency is not None:
        named = _literal(currency)
        code = f"coalesce(currency_code, {named})" if is_main_currency else "currency_code"
        told = f"{code} = {named}"
    return f"business_product_id = {_literal(store)} and {told}"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
