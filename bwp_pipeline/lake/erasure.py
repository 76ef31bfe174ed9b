"""Rows of the lake without what names an erased order, or without what is not to be kept of any.

Belongs here: what is left of such a row. Does not belong here: which orders are erased
(`Lake.erased`), or files outside the lake (`bwp_pipeline/erasure.py`).

A snapshot's row goes. Rows of events and quarantine stay, without the order, for the manifest
counts them: an event becomes one of type ERASED that names no order.
"""

import re
from collections.abc import Collection
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

ERASED = "ERASED"
"""What takes the place of an erased order's id in a text, and of its events' types."""

TABLES = ("events", "quarantine", "order_snapshots")
"""The tables that can name an order."""

Row = dict[str, object]


def mentions(ids: Collection[str]) -> re.Pattern[str]:
    """Finds any of these orders in a text, but no longer word that merely contains one."""
    return re.compile(rf"(?<![0-9A-Za-z])(?:{alternatives(ids)})(?![0-9A-Za-z])")


def alternatives(ids: Collection[str]) -> str:
    """The ids as parts of a regular expression of any kind."""
    return "|".join(re.escape(id_) for id_ in sorted(ids, key=len, reverse=True))


def marked(ids: Collection[str], table: str, rows: pa.Table) -> pa.Array:
    """For each row of a table of the lake, whether it names one of these orders."""
    may = _may_name_one(alternatives(ids), table, rows).to_pylist()
    found = iter(rows.filter(pa.array(may, pa.bool_())).to_pylist())
    pattern = mentions(ids)
    return pa.array([m and _names_one(next(found), pattern) for m in may], pa.bool_())


def without_detail(table: str, rows: pa.Table) -> pa.Table:
    """The rows of `events` without the `detail` of those that name an order; others as they are."""
    if table != "events":
        return rows
    nothing = pa.scalar(None, pa.string())
    kept = pc.if_else(pc.is_valid(rows["order_id"]), nothing, rows["detail"].cast(pa.string()))
    return rows.set_column(rows.column_names.index("detail"), "detail", kept)


def without(ids: Collection[str], table: str, rows: pa.Table) -> pa.Table:
    """The rows of a table of the lake without what they say of these orders.

    Where they say nothing, these very rows.
    """
    if not ids or table not in TABLES:
        return rows
    marks = marked(ids, table, rows)
    if not pc.any(marks).as_py():
        return rows
    kept = rows.filter(pc.invert(marks))
    if table == "order_snapshots":
        return kept
    pattern = mentions(ids)
    clean = _clean_event if table == "events" else _clean_record
    cleaned = [clean(row, pattern) for row in rows.filter(marks).to_pylist()]
    return pa.concat_tables([kept, pa.Table.from_pylist(cleaned, schema=rows.schema)])


def _may_name_one(expression: str, table: str, rows: pa.Table) -> pa.ChunkedArray:
    """A quick look that finds too many rows: Arrow's regular expressions have no look-around."""
    names = {
        "events": ("order_id", "resource_id", "detail"),
        "quarantine": ("error", "raw"),
        "order_snapshots": ("order_id",),
    }[table]
    found = [pc.match_substring_regex(rows[name], expression) for name in names]
    if table == "events":
        # The columns describe the first resource only.
        found.append(pc.greater(pc.list_value_length(rows["resources"]), 1))
    filled = [pc.fill_null(each, fill_value=False) for each in found]
    return reduce(pc.or_, filled)


def _names_one(row: Row, pattern: re.Pattern[str]) -> bool:
    return any(pattern.search(_text(value)) for value in row.values())


def _text(value: object) -> str:
    return value.decode("utf-8", errors="replace") if isinstance(value, bytes) else str(value)


def _clean_event(row: Row, pattern: re.Pattern[str]) -> Row:
    paths = row["resources"]
    named = [str(path) for path in paths] if isinstance(paths, list) else []
    left = [path for path in named if not pattern.search(path)]
    cleaned: Row = {**row, "detail": None, "resources": left}
    if left and left[0] == named[0]:
        return cleaned
    # The columns describe the first resource: now the first one left, if any.
    pairs = _pairs(left[0]) if left else {}
    kind = next(reversed(pairs), None)
    return {
        **cleaned,
        **({} if left else {"event_type": ERASED, "detail_type": ERASED}),
        "order_id": pairs.get("order"),
        "resource_type": kind,
        "resource_id": pairs.get(kind) if kind else None,
    }


def _pairs(path: str) -> dict[str, str]:
    parts = path.strip("/").split("/")
    pairs = dict(zip(parts[::2], parts[1::2], strict=False))
    pairs.pop("businessProduct", None)
    return pairs


def _clean_record(row: Row, pattern: re.Pattern[str]) -> Row:
    return {**row, "raw": None, "error": pattern.sub(ERASED, str(row["error"]))}
