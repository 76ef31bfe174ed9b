"""The merchant's own two files, inventory.csv and overrides.csv, and Amazon's stock beside them.

Here belongs reading them and saying what is wrong, with file, line and column. A wrong line is
left out and named; it never stops a report. What follows from them is in `stock`.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

from bwp_pipeline.reports.asked_stock import AskedStocks, read_asked_stock
from bwp_pipeline.reports.decisions import DecisionsError, DecisionsFile, Standings
from bwp_pipeline.reports.stock import Holding, Terms

_Row = TypeVar("_Row")
_Parser = Callable[[str], Any]


@dataclass(frozen=True)
class FileProblem:
    """A line that was left out, and where the mistake is."""

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
    problems: tuple[FileProblem, ...] = ()

    def holding(
        self, business_product_id: str, sku: str | None, key: str, today: date
    ) -> Holding | None:
        """A product's stock: what the merchant says of it, else what Amazon does.

        What managers noted as ordered counts as inbound until the day on which it is due.
        """
        named = next((self.holdings[name] for name in (sku, key) if name in self.holdings), None)
        asked = self.asked.products.get((business_product_id, key))
        if named is None and asked is not None and asked.buyable_units is not None:
            named = Holding(asked.buyable_units, is_amazons=True)
        standing = self.standings.get((business_product_id, key))
        if named is None or standing is None:
            return named
        return replace(named, inbound=named.inbound + standing.on_the_way(today))

    def terms_of(self, business_product_id: str, sku: str | None, key: str) -> Terms | None:
        """How a product is bought; what managers decided goes before overrides.csv."""
        terms = next((self.terms[name] for name in (sku, key) if name in self.terms), None)
        standing = self.standings.get((business_product_id, key))
        if standing is not None and standing.is_discontinued:
            return replace(terms or Terms(), is_discontinued=True)
        if standing is not None and standing.snoozed_until is not None:
            return replace(terms or Terms(), snooze_until=standing.snoozed_until)
        return terms


def read_stock_files(directory: Path) -> StockFiles:
    """Read `inventory.csv`, `overrides.csv` and Amazon's `stock.json` where they exist.

    The CSV files have a header. `sku` names the product by its SKU or product key; inventory.csv
    has `on_hand` and may have `inbound`; overrides.csv may have `lead_time_days`,
    `lead_time_sd_days`, `review_days`, `minimum_order`, `case_pack`, `unit_cost`, `supplier`,
    `service_level`, `snooze_until` (YYYY-MM-DD) and `discontinued` (yes or no). Empty cells say
    nothing.
    """
    problems: list[FileProblem] = []
    holdings = _read(directory / "inventory.csv", _INVENTORY, ("on_hand",), Holding, problems)
    terms = _read(directory / "overrides.csv", _OVERRIDES, (), Terms, problems)
    standings: Standings = {}
    try:
        standings = DecisionsFile(directory).read()
    except DecisionsError as error:
        problems.append(FileProblem("decisions.sqlite", 1, "all", str(error)))
    return StockFiles(holdings, terms, read_asked_stock(directory), standings, tuple(problems))


def _read(
    path: Path,
    parsers: dict[str, tuple[str, _Parser]],
    required: tuple[str, ...],
    make: Callable[..., _Row],
    problems: list[FileProblem],
) -> dict[str, _Row]:
    if not path.exists():
        return {}
    found: dict[str, _Row] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            for name in ("sku", *required):
                if name not in (reader.fieldnames or ()):
                    problems.append(FileProblem(path.name, 1, name, "the column is missing"))
                    return {}
            for row in reader:
                values = _values(
                    row,
                    parsers,
                    required,
                    FileProblem(path.name, reader.line_num, "sku", ""),
                    problems,
                )
                if values is not None:
                    found[row["sku"].strip()] = make(**values)
    except (UnicodeDecodeError, csv.Error) as error:
        problems.append(FileProblem(path.name, 1, "sku", f"not a CSV file in UTF-8: {error}"))
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


def _amount(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is not a number") from None
    if not value.is_finite():
        raise ValueError(f"{text!r} is not a number")
    return value


def _positive(text: str) -> Decimal:
    value = _amount(text)
    if value <= 0:
        raise ValueError(f"{text!r} is not above 0")
    return value


def _days(text: str) -> float:
    value = float(_amount(text))
    if value < 0:
        raise ValueError(f"{text!r} is below 0 days")
    return value


def _share(text: str) -> float:
    value = float(_amount(text))
    if not 0.5 <= value < 1:  # noqa: PLR2004 -- below a half, safety stock would be negative
        raise ValueError(f"{text!r} is not a share from 0.5 to below 1, such as 0.95")
    return value


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a day such as 2026-11-30") from None


def _yes(text: str) -> bool:
    known = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
    if text.lower() not in known:
        raise ValueError(f"{text!r} is neither yes nor no")
    return known[text.lower()]


_INVENTORY: dict[str, tuple[str, _Parser]] = {
    "on_hand": ("on_hand", _amount),
    "inbound": ("inbound", _amount),
}
_OVERRIDES: dict[str, tuple[str, _Parser]] = {
    "lead_time_days": ("lead_time", _days),
    "lead_time_sd_days": ("lead_time_sd", _days),
    "review_days": ("review_days", _days),
    "minimum_order": ("minimum_order", _positive),
    "case_pack": ("case_pack", _positive),
    "unit_cost": ("unit_cost", _amount),
    "supplier": ("supplier", str),
    "service_level": ("service_level", _share),
    "snooze_until": ("snooze_until", _day),
    "discontinued": ("is_discontinued", _yes),
}
