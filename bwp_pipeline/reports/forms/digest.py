"""The report in a few lines, for e-mails and messages.

Here belongs what a digest holds. Which of it is sent where, and when, is decided in
`bwp_pipeline.reports.messages`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bwp_pipeline.reports import wording
from bwp_pipeline.reports.language import number, say
from bwp_pipeline.reports.page import Page
from bwp_pipeline.reports.reading.data import Window
from bwp_pipeline.reports.sections.actions import SHOWN, Task
from bwp_pipeline.reports.sections.headline import NAMED, Answer
from bwp_pipeline.reports.sections.restock import Restock
from bwp_pipeline.reports.sections.signals import Signal


@dataclass(frozen=True)
class PageDigest:
    """A store and currency in a few lines.

    `due` counts the products to restock, `top` are the first of them, in the order of the page.
    """

    store_name: str
    currency_code: str | None
    verdict: str
    due: int
    tasks: list[Task]
    answers: list[Answer]
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
        """The report in half a line; with several pages, what to restock on all of them."""
        if self.is_stale:
            return say("Data is not fresh")
        if len(self.pages) == 1:
            return self.pages[0].verdict
        due = sum(page.due for page in self.pages)
        if not due:
            return say("Nothing to restock")
        top = [product for page in self.pages for product in page.top]
        names = ", ".join(wording.title(product.row) for product in top[:NAMED])
        return say("Restock {n}: {names}", n=number(due), names=names) + (
            ", \N{HORIZONTAL ELLIPSIS}" if due > NAMED else ""
        )

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
                due=len(page.due),
                tasks=page.tasks[:SHOWN],
                answers=page.answers,
                top=page.due[:SHOWN],
            )
            for page in pages
        ],
        signals=list(signals),
    )
