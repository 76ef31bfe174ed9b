"""What earlier runs made of the days of each store, and from where a run has to go on.

Belongs here: whether what happened is what an earlier run saw, and its checkpoints. Does not belong
here: the days that follow (`product_states.py`), or what a checkpoint holds (`demand/`).

A day's `input_hash` stands for all that the model was told up to then, and for the model itself. So
a row is right if its hash is, whatever runs came between, failed or were killed.
"""

import hashlib
from collections.abc import Mapping
from datetime import date, timedelta

import duckdb
from duckdb import ColumnExpression, ConstantExpression

from bwp_pipeline.demand.checkpoints import Checkpoint, model_version


def input_hashes(told: Mapping[date, int], first_day: date, last_day: date) -> list[int]:
    """Return the `input_hash` of each of a store's days.

    Args:
        told: a number for all that was told of a day; days without any have none.
        first_day: the first day of which there are orders.
        last_day: the last day that was run, not before the first.
    """
    link = hashlib.sha256(f"{model_version()} {first_day}".encode()).digest()
    hashes = []
    for number in range((last_day - first_day).days + 1):
        day = first_day + timedelta(days=number)
        link = hashlib.sha256(link + str(told.get(day)).encode()).digest()
        hashes.append(int.from_bytes(link[:8]))
    return hashes


class FormerStates:
    """The rows that an earlier run left in `agg_product_states`; without any, a run starts anew."""

    def __init__(self, rows: duckdb.DuckDBPyRelation | None) -> None:
        self._of_days = None if rows is None else rows.filter("product_key is null")
        self._hashes: dict[tuple[str, date], int] = {}
        if self._of_days is not None:
            known = self._of_days.project("business_product_id, day, input_hash").fetchall()
            self._hashes = {(store, day): input_hash for store, day, input_hash in known}

    def known_days(self, store: str, first_day: date, hashes: list[int]) -> int:
        """Return how many of a store's days, from its first on, need not be lived through again."""
        for number, input_hash in enumerate(hashes):
            if self._hashes.get((store, first_day + timedelta(days=number))) != input_hash:
                return number
        return len(hashes)

    def checkpoint(self, store: str, first_day: date, days: int) -> Checkpoint:
        """Return the last checkpoint within a store's first days that can be read, or the start."""
        if self._of_days is None:
            return Checkpoint.start()
        of_store = self._of_days.filter(
            (ColumnExpression("business_product_id") == ConstantExpression(store))
            & (ColumnExpression("day") < ConstantExpression(first_day + timedelta(days=days)))
        ).filter("checkpoint is not null")
        for (day,) in of_store.project("day").order("day desc").fetchall():
            of_day = of_store.filter(ColumnExpression("day") == ConstantExpression(day))
            [(content,)] = of_day.project("checkpoint").fetchall()
            found = Checkpoint.from_bytes(content)
            if found and found.days == (day - first_day).days + 1:
                return found
        return Checkpoint.start()
