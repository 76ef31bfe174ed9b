"""Tombstones: files of erased orders' ids, each kept twice.

Belongs here: how the two are named, and which stands in for which. Does not belong here: reading
them (`Lake.erased`) or writing them (`bwp_pipeline/erasure.py`).

All else in a lake can be made again from archive and API; these are the operator's word.
"""

from collections.abc import Mapping

_COPY = "-copy"


class TombstonesDamagedError(Exception):
    """A file of erased orders' ids is damaged, and there is no sound copy."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"{path} in the lake is damaged and has no sound copy, so nobody knows which orders"
            " were erased, and nothing is read or fetched. Restore it from a backup; or delete it"
            " and run `bwp forget` again with these orders' ids."
        )


def twice(name: str) -> tuple[str, str]:
    """The names of a tombstone's two files."""
    return name, f"{name}{_COPY}"


def replacements(counts: Mapping[str, int | None]) -> dict[str, str]:
    """Each damaged file's path, and that of the copy that replaces it.

    Args:
        counts: how many rows each file has, by path; None where it is damaged.

    Raises:
        TombstonesDamagedError: Where the copy is damaged too, or there is none.
    """
    replaced = {}
    for path, rows in counts.items():
        if rows is None:
            other = _other(path)
            if counts.get(other) is None:
                raise TombstonesDamagedError(path)
            replaced[path] = other
    return replaced


def _other(path: str) -> str:
    stem = path.removesuffix(".parquet")
    return f"{stem.removesuffix(_COPY) if stem.endswith(_COPY) else stem + _COPY}.parquet"
