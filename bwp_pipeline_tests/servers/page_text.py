"""What a page says: the words and tables of its HTML, as text.

Belongs here: reading HTML. Does not belong here: making or asking for pages.
"""

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser

Row = dict[str, str]


class Words(HTMLParser):
    """The page's words without style and script, and the attributes of its tags."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.skipping = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.skipping = tag in {"style", "script"}

    def handle_endtag(self, tag: str) -> None:
        self.skipping = self.skipping and tag not in {"style", "script"}

    def handle_data(self, data: str) -> None:
        if not self.skipping:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


class Tables(HTMLParser):
    """The text of every table cell on a page, by table and row."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.open = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 -- the parser's own signature
        if tag == "table":
            self.open = False
            self.tables.append([])
        elif tag == "tr":
            self.open = False
            self.tables[-1].append([])
        elif tag in {"td", "th"}:
            self.tables[-1][-1].append("")
            self.open = True

    def handle_endtag(self, tag: str) -> None:
        self.open = self.open and tag not in {"td", "th", "table"}

    def handle_data(self, data: str) -> None:
        if self.open:
            self.tables[-1][-1][-1] += data


def text_of(markup: str) -> str:
    """The words of a piece of HTML in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def between(html: str, start: str, end: str) -> str:
    """What stands between two marks; fails where the first is missing."""
    assert start in html, start
    return html.partition(start)[2].partition(end)[0]


def rows_of(html: str, *heads: str) -> list[Row]:
    """The rows of the one table with these heads; of a head cell only the product's name."""
    found = []
    for table in re.findall(r"<table.*?</table>", html, re.DOTALL):
        named = [text_of(head) for head in re.findall(r"<th scope=\"col\".*?</th>", table)]
        if set(heads) <= set(named):
            found.append([dict(zip(named, cells, strict=True)) for cells in _cells(table)])
    assert len(found) == 1, f"{len(found)} tables with {heads}"
    return found[0]


def _cells(table: str) -> Iterator[list[str]]:
    for row in re.split(r"<tr[^>]*>", table.partition("<tbody>")[2])[1:]:
        parts = re.split(r"<t[dh](?=[\s>])[^>]*>", row)[1:]
        name = re.search(r"<bdi>(.*?)</bdi>", parts[0])
        yield [text_of(name[1] if name else parts[0]), *map(text_of, parts[1:])]
