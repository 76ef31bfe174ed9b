"""The merchant's own two files, inventory.csv and overrides.csv, and Amazon's stock beside them.

Here belongs reading them and saying what is wrong, with file, line and column. A wrong line is
left out and named; it never stops a report. What a cell may hold is in
`cells`, what follows from them in `purchases`.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from bwp_pipeline.reports.reading.data import Published
from bwp_pipeline.reports.stock import cells
from bwp_pipeline.reports.stock.advice import Advice, read_advice
from bwp_pipeline.reports.stock.asked import AskedStocks, read_asked_stock
from bwp_pipeline.reports.stock.decisions import DecisionsError, DecisionsFile, Standings
from bwp_pipeline.reports.stock.terms import Holding, Terms
from bwp_pipeline.storage import plain_file

_Row = TypeVar("_Row")
_Parser = Callable[[str], Any]


@dataclass(frozen=True)
class FileProblem:
    """A line that was left out, and where its mistake is."""

    file: str
    line: int
    column: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}, column {self.column}: {self.message}"


@dataclass(frozen=True)
class StockFiles:
    """What the files say, by SKU or product key, and what in them could not be read."""

    holdings: dict[str, Holding] = field(default_factory=dict)
    terms: dict[str, Terms] = field(default_factory=dict)
    asked: AskedStocks = field(default_factory=AskedStocks)
    standings: Standings = field(default_factory=dict)
    advice: Advice = field(default_factory=Advice)
    problems: tuple[FileProblem, ...] = ()

    def holding(
        self, business_product_id: str, sku: str | None, key: str, today: date
    ) -> Holding | None:
        """A product's stock according to the merchant, else according to Amazon.

        What managers noted as ordered counts as inbound until the day on which it is due.
        """
        named = next((self.holdings[name] for name in (sku, key) if name in self.holdings), None)
        asked = self.asked.products.get((business_product_id, key))
        if named is None and asked is not None and asked.buyable_units is not None:
            named = Holding(asked.buyable_units, is_amazons=True)
        standing = self.standings.get((business_product_id, key))
        ordered = standing.on_the_way(today) if standing is not None else 0
        if named is None or not ordered:
            return named
        return replace(named, inbound=(named.inbound or Decimal(0)) + ordered)

    def terms_of(self, business_product_id: str, sku: str | None, key: str) -> Terms | None:
        """How a product is bought; managers' decisions take precedence over overrides.csv."""
        terms = next((self.terms[name] for name in (sku, key) if name in self.terms), None)
        standing = self.standings.get((business_product_id, key))
        if standing is not None and standing.is_discontinued:
            return replace(terms or Terms(), is_discontinued=True)
        if standing is not None and standing.snoozed_until is not None:
            return replace(terms or Terms(), snooze_until=standing.snoozed_until)
        return terms


def read_stock_files(directory: Path, published: Published | None = None) -> StockFiles:
    """Read `inventory.csv`, `overrides.csv`, Amazon's `stock.json` and earlier advice, where there.

    The CSV files have a header. `sku` names the product by its SKU or product key; inventory.csv
    has `on_hand` and may have `inbound`; overrides.csv may have `lead_time_days`,
    `lead_time_sd_days`, `review_days`, `minimum_order`, `case_pack`, `unit_cost`, `supplier`,
    `service_level`, `snooze_until` (YYYY-MM-DD) and `discontinued` (yes or no). Empty cells say
    nothing.

    Args:
        directory: The data directory.
        published: The database of now, which tells of stock where `stock.json` is missing.
    """
    problems: list[FileProblem] = []
    holdings = _read(directory / "inventory.csv", _INVENTORY, ("on_hand",), Holding, problems)
    terms = _read(directory / "overrides.csv", _OVERRIDES, (), Terms, problems)
    standings: Standings = {}
    try:
        standings = DecisionsFile(directory).read()
    except DecisionsError as error:
        problems.append(FileProblem("decisions.sqlite", 1, "all", str(error)))
    asked, advice = read_asked_stock(directory, published), read_advice(directory)
    return StockFiles(holdings, terms, asked, standings, advice, tuple(problems))


def _read(
    path: Path,
    parsers: dict[str, tuple[str, _Parser]],
    required: tuple[str, ...],
    make: Callable[..., _Row],
    problems: list[FileProblem],
) -> dict[str, _Row]:
    found: dict[str, _Row] = {}
    line = 1
    try:
        with plain_file(path).open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            for name in ("sku", *required):
                if name not in (reader.fieldnames or ()):
                    problems.append(FileProblem(path.name, 1, name, "the column is missing"))
                    return {}
            for row in reader:
                line = reader.line_num
                values = _values(
                    row, parsers, required, FileProblem(path.name, line, "sku", ""), problems
                )
                if values is None:
                    continue
                sku = row["sku"].strip()
                if sku in found:
                    words = f"{sku[:80]!r} appears a second time"
                    problems.append(FileProblem(path.name, line, "sku", words))
                    continue
                found[sku] = make(**values)
    except FileNotFoundError:
        return {}
    except OSError as error:
        problems.append(FileProblem(path.name, line, "sku", f"can't be read: {error.strerror}"))
    except (UnicodeDecodeError, csv.Error) as error:
        words = f"not a CSV file in UTF-8 from here on: {error}"
        problems.append(FileProblem(path.name, line, "sku", words))
    return found


def _values(
    row: dict[str, str],
    parsers: dict[str, tuple[str, _Parser]],
    required: tuple[str, ...],
    place: FileProblem,
    problems: list[FileProblem],
) -> dict[str, Any] | None:
    wrong: list[tuple[str, str]] = []
    values = {}
    if not (row.get("sku") or "").strip():
        wrong.append(("sku", "is empty"))
    for column, (name, parse) in parsers.items():
        text = (row.get(column) or "").strip()
        if text:
            try:
                values[name] = parse(text)
            except ValueError as error:
                wrong.append((column, str(error)))
        elif column in required:
            wrong.append((column, "is empty"))
    problems += [FileProblem(place.file, place.line, *one) for one in wrong]
    return None if wrong else values


_INVENTORY: dict[str, tuple[str, _Parser]] = {
    "on_hand": ("on_hand", cells.units),
    "inbound": ("inbound", cells.units),
}
_OVERRIDES: dict[str, tuple[str, _Parser]] = {
    "lead_time_days": ("lead_time", cells.days),
    "lead_time_sd_days": ("lead_time_sd", cells.days),
    "review_days": ("review_days", cells.days),
    "minimum_order": ("minimum_order", cells.units_above_0),
    "case_pack": ("case_pack", cells.units_above_0),
    "unit_cost": ("unit_cost", cells.cost),
    "supplier": ("supplier", cells.name),
    "service_level": ("service_level", cells.share),
    "snooze_until": ("snooze_until", cells.day),
    "discontinued": ("is_discontinued", cells.yes),
}
