"""What managers noted about products: a remark, an order placed, a snooze, discontinued.

Here belongs the small SQLite file that keeps these decisions, append-only with who and when, and
what of them holds on a day. What follows for the restock list is in `files`; asking people is
`bwp_pipeline.web`'s.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from msgspec import Meta, convert

FILE = "decisions.sqlite"
MOST_TEXT = 2_000
"""Characters of a remark that are kept."""
MOST_UNITS = 1_000_000_000

LOCKED_SECONDS = 5.0
"""How long to wait for another process that writes."""
_SCHEMA = """
create table if not exists decisions (
    id integer primary key,
    business_product_id text not null,
    product_key text not null,
    kind text not null check (kind in ('NOTE', 'ORDERED', 'SNOOZED', 'DISCONTINUED', 'ACTIVE')),
    remark text,
    units integer,
    day text,
    author text not null,
    noted_at text not null
)
"""


_COLUMNS = (
    "business_product_id", "product_key", "kind", "author", "noted_at", "remark", "units", "day",
)  # fmt: skip


class DecisionsError(Exception):
    """The file can't be used; one line that says which and what to do."""


class Kind(StrEnum):
    """What was decided. ACTIVE ends a snooze and withdraws that a product is discontinued."""

    NOTE = "NOTE"
    ORDERED = "ORDERED"
    SNOOZED = "SNOOZED"
    DISCONTINUED = "DISCONTINUED"
    ACTIVE = "ACTIVE"


_Text = Annotated[str, Meta(max_length=MOST_TEXT)]
_YEARS = range(2000, 2200)


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One decision. `units` and `day` are an order's pieces and due day, or a snooze's last day.

    Raises:
        ValueError: When a day or a time is of no year in which anybody notes anything.
    """

    business_product_id: _Text
    product_key: _Text
    kind: Kind
    author: _Text
    noted_at: Annotated[datetime, Meta(tz=True)]
    remark: _Text | None = None
    units: Annotated[int, Meta(gt=0, le=MOST_UNITS)] | None = None
    day: date | None = None

    def __post_init__(self) -> None:
        for when in (self.noted_at, self.day):
            if when is not None and when.year not in _YEARS:
                raise ValueError(f"no note is of {when}")


@dataclass(frozen=True)
class Standing:
    """A product's decisions, the newest first, and what they amount to on a day."""

    decisions: tuple[Decision, ...] = ()

    @property
    def snoozed_until(self) -> date | None:
        """The last day of the snooze, None if there is none or it was ended."""
        state = self._state
        return state.day if state is not None and state.kind is Kind.SNOOZED else None

    @property
    def is_discontinued(self) -> bool:
        """Whether the merchant no longer sells it."""
        state = self._state
        return state is not None and state.kind is Kind.DISCONTINUED

    def on_the_way(self, today: date) -> int:
        """Units ordered and not yet due: they count as inbound until their day has passed."""
        return sum(
            one.units or 0
            for one in self.decisions
            if one.kind is Kind.ORDERED and one.day is not None and one.day >= today
        )

    @property
    def _state(self) -> Decision | None:
        states = (Kind.SNOOZED, Kind.DISCONTINUED, Kind.ACTIVE)
        return next((one for one in self.decisions if one.kind in states), None)


Standings = Mapping[tuple[str, str], Standing]


class DecisionsFile:
    """The decisions beside the data, in a file that several processes may use.

    Args:
        directory: `BWP_DATA_DIR`.
    """

    def __init__(self, directory: Path) -> None:
        self.path = directory / FILE

    def read(self) -> dict[tuple[str, str], Standing]:
        """Every product's decisions by store and product key; none where there is no file.

        Raises:
            DecisionsError: When the file is damaged or locked for more than five seconds.
        """
        if not self.path.exists():
            return {}
        found: dict[tuple[str, str], list[Decision]] = {}
        with self._connected() as connection:
            for row in connection.execute(
                f"select {', '.join(_COLUMNS)} from decisions order by id desc"  # noqa: S608 -- ours
            ):
                one = _decision(row)
                found.setdefault((one.business_product_id, one.product_key), []).append(one)
        return {key: Standing(tuple(decisions)) for key, decisions in found.items()}

    def add(self, decision: Decision) -> None:
        """Keep a decision.

        Raises:
            ValueError: When its units or its remark are out of bounds.
            DecisionsError: As in `read`.
        """
        convert(asdict(decision), Decision)
        with self._connected() as connection, connection:
            connection.execute(
                "insert into decisions (business_product_id, product_key, kind, remark, units, day,"
                " author, noted_at) values (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    decision.business_product_id,
                    decision.product_key,
                    decision.kind.value,
                    decision.remark,
                    decision.units,
                    decision.day.isoformat() if decision.day else None,
                    decision.author,
                    decision.noted_at.astimezone(UTC).isoformat(),
                ],
            )

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.touch(mode=0o600)
            with closing(sqlite3.connect(self.path, timeout=LOCKED_SECONDS)) as connection:
                connection.execute(_SCHEMA)
                yield connection
        except (sqlite3.DatabaseError, OSError, ValueError) as error:
            locked = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
            what_to_do = (
                "try again when the other process is done"
                if locked
                else "restore it, or move it away to start afresh"
            )
            raise DecisionsError(f"{self.path} can't be used ({error}): {what_to_do}") from None


def _decision(row: tuple[object, ...]) -> Decision:
    """A row, which may hold anything: another program may have written it, or the disk lost it."""
    named = dict(zip(_COLUMNS, row, strict=True))
    return convert({name: value for name, value in named.items() if value is not None}, Decision)


def newest(standings: Iterable[Standing], most: int) -> list[Decision]:
    """The newest decisions of all products."""
    every = [one for standing in standings for one in standing.decisions]
    return sorted(every, key=lambda one: one.noted_at, reverse=True)[:most]
