"""The report in a few lines, for e-mails and messages.

Here belongs what a digest holds. Which of it is sent where, and when, is decided in
`bwp_pipeline.reports.notifications`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bwp_pipeline.reports.data import Window
from bwp_pipeline.reports.figures import Figure
from bwp_pipeline.reports.pages import Page
from bwp_pipeline.reports.restock import Restock
from bwp_pipeline.reports.signals import Signal

MOST_PRODUCTS = 5


@dataclass(frozen=True)
class PageDigest:
    """A store and currency in a few lines; `top` are the first products of its restock list."""

    store_name: str
    currency_code: str | None
    verdict: str
    today: list[str]
    figures: list[Figure]
    top: list[Restock]


@dataclass(frozen=True)
class Digest:
    """The whole report in a few lines, with the signals of all pages and their states."""

    window: Window
    is_stale: bool
    pages: list[PageDigest]
    signals: list[Signal]

    @property
    def verdict(self) -> str:
        """The report in half a line; with several pages, by how many of them need restocking."""
        if self.is_stale:
            return "data is not fresh"
        if len(self.pages) == 1:
            return self.pages[0].verdict
        due = [page for page in self.pages if not page.verdict.startswith("nothing")]
        if not due:
            return f"nothing needs restocking on {len(self.pages)} pages"
        return f"products to restock on {len(due)} of {len(self.pages)} pages"

    @property
    def new_signals(self) -> list[Signal]:
        """The signals that the report before did not have."""
        return [signal for signal in self.signals if signal.state == "new"]


def digest_of(pages: Sequence[Page], signals: Sequence[Signal]) -> Digest:
    """Put the digest together from a report's pages and its remembered signals."""
    return Digest(
        window=pages[0].window,
        is_stale=pages[0].is_stale,
        pages=[
            PageDigest(
                store_name=page.store_name,
                currency_code=page.currency_code,
                verdict=page.verdict,
                today=page.today,
                figures=page.figures,
                top=page.restock[:MOST_PRODUCTS],
            )
            for page in pages
        ],
        signals=list(signals),
    )
