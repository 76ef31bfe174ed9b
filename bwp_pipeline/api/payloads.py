"""Whether a payload can be what was asked for.

Belongs here: bounds that every object of the API must keep before it is stored or used. Does not
belong here: what its fields mean, which staging judges one by one.
"""

import msgspec

DEEPEST = 64
"""Levels of nesting; an order has about ten."""
# How a line within so many levels begins in an indented form, in which no text holds a newline.
_INDENTED = "\n" + " " * DEEPEST


def misfit(payload: str, expected_id: str | None) -> str | None:
    """Why this JSON text can't be the object that was asked for; None where it can.

    Args:
        payload: The JSON text.
        expected_id: The `id` that it must carry; None where the object has none.
    """
    try:
        content: object = msgspec.json.decode(payload)
        # Indenting an order takes a quarter of the time in which its values are gone through.
        may_be_deeper = _INDENTED in msgspec.json.format(payload, indent=1)
    except RecursionError:
        return _too_deep()
    except msgspec.MsgspecError as error:
        return f"the answer is not valid JSON ({error})"
    if not isinstance(content, dict):
        return "the answer is not an object"
    if expected_id is not None and content.get("id") != expected_id:
        found = content.get("id")
        return f"the answer has the id {str(found)[:60]!r}, not {expected_id!r}"
    return _too_deep() if may_be_deeper and _is_deeper(content) else None


def _is_deeper(content: object) -> bool:
    level = [content]
    for _ in range(DEEPEST):
        # Only what may hold more: an order has hundreds of values and few of these.
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else _items(outer))
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def _items(content: object) -> list[object]:
    return content if isinstance(content, list) else []


def _too_deep() -> str:
    return f"the answer is nested more than {DEEPEST} levels deep"
