"""The HTML page: one file that opens offline and loads nothing.

Here belongs rendering: the template environment, the security policy and the files' names. What a
page shows is put together in `pages`, how it looks is in `templates/`.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from bwp_pipeline.reports import language, wording
from bwp_pipeline.reports.forms.digest import Digest
from bwp_pipeline.reports.page import Page
from bwp_pipeline.reports.sections import scorecard_words

_TEMPLATES = Path(__file__).parents[1] / "templates"
_FILTERS = (
    language.amount,
    language.day,
    language.money,
    language.number,
    language.percent,
    language.short_day,
    scorecard_words.since,
    wording.carriers_words,
    wording.cause,
    wording.cover,
    wording.days,
    wording.moment,
    wording.orders,
    wording.products,
    wording.shortened,
    wording.state,
    wording.status,
    wording.title,
    wording.units,
)
_SENTENCES = (
    scorecard_words.scorecard_out,
    scorecard_words.scorecard_demand,
    scorecard_words.scorecard_dates,
    scorecard_words.scorecard_risk,
)


@dataclass(frozen=True)
class Stamp:
    """When a report was made, by which version of the product and in which run."""

    built_at: datetime
    version: str
    run_id: str


def write_pages(
    pages: Sequence[Page], digest: Digest, directory: Path, stamp: Stamp
) -> tuple[Path, ...]:
    """Write `bwp_report.html` and, where there are several, one page per store and currency.

    Returns:
        The paths written, the page to open first at the front.
    """
    first = directory / "bwp_report.html"
    if len(pages) == 1:
        first.write_text(render("page.html.j2", page=pages[0], stamp=stamp), encoding="utf-8")
        return (first,)
    paths = [directory / file_name(page) for page in pages]
    for page, path in zip(pages, paths, strict=True):
        path.write_text(render("page.html.j2", page=page, stamp=stamp), encoding="utf-8")
    links = list(zip(pages, [path.name for path in paths], strict=True))
    first.write_text(
        render("overview.html.j2", links=links, digest=digest, window=digest.window, stamp=stamp),
        encoding="utf-8",
    )
    return (first, *paths)


def file_name(page: Page) -> str:
    """Name a page's file after its store and currency, in characters that any file system takes."""
    store = re.sub(r"[^A-Za-z0-9-]+", "-", page.business_product_id)
    return f"bwp_report_{store}_{page.currency_code or 'no-currency'}.html"


def render(template: str, **context: object) -> str:
    """Render a template; every value is escaped, an unknown name is an error."""
    style = page_style()
    script = (_TEMPLATES / "page.js").read_text(encoding="utf-8").strip()
    policy = (
        f"default-src 'none'; style-src '{_source_hash(style)}';"
        f" script-src '{_source_hash(script)}'; base-uri 'none'; form-action 'none'"
    )
    return (
        template_environment()
        .get_template(template)
        .render(**context, style=style, script=script, policy=policy)
    )


def page_style() -> str:
    """Return the page's style sheet, with words in the reader's language."""
    return template_environment().get_template("page.css").render().strip()


@cache
def template_environment(*further: Path) -> Environment:
    """The report's templates and filters; every value is escaped, an unknown name is an error.

    Args:
        further: directories whose templates may use the report's.
    """
    environment = Environment(
        loader=FileSystemLoader([*further, _TEMPLATES]),
        autoescape=select_autoescape(("html.j2",), default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for filter_ in _FILTERS:
        environment.filters[filter_.__name__] = filter_
    # Where a page is served live, a product's name leads to its own page.
    environment.globals["product_link"] = lambda _store, _key: None
    environment.globals["task_link"] = lambda page, task: f"#{page.place_of(task)}"
    # Files lie beside the page; where it is served live, they are made anew.
    environment.globals["file_link"] = str
    environment.globals["say"] = language.say
    environment.globals["share"] = wording.share
    environment.globals["interval"] = wording.interval
    for sentence in _SENTENCES:
        environment.globals[sentence.__name__] = sentence
    environment.globals["language_tag"] = language.language_tag
    return environment


def _source_hash(source: str) -> str:
    digest = hashlib.sha256(source.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
