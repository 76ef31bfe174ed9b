"""What is drawn: JSON that was tampered with, replies that are none, cells that can't be right.

Belongs here: strategies, and taking a number of examples of one. Does not belong here: where the
drawn things are put (`stage.py`).
"""

import copy
import json
from collections.abc import Iterator
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

Drawn = TypeVar("Drawn")
Container = dict[str, Any] | list[Any]

_TIMES = (
    "99999999999999999999", "1e300", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "infinity",
    "-infinity", "epoch", "now", "2026-02-30T25:61:61Z", "2026-03-10", "2026-03-10T12:00:00+99:99",
    "290000-01-01T00:00:00Z", "1600000000000", "2026-03-10T12:00:00.123456789123Z",
)  # fmt: skip
_TEXTS = (
    "", " ", "\n", "\0", "\ud83d", "\udc00x", "\u202e", "\N{BOM}", "null", "NaN", "x" * 70_000,
    "=1+1", "\n=cmd|'/c'!A1", "\uff1d1+1", "<script>alert(1)</script>", "{{ 7 * 7 }}", "%s",
    "%(x)s", "'; drop table marts;--", "../../etc/passwd", "UNKNOWN", "/", "#", "a/b/c", "'", '"',
    "\\", "\u0130", "\U0010ffff", "$1", "\x1b[31m", "]]>", "\r\n", "\x7f\x85\u2028",
)  # fmt: skip
_STATES = (
    "CANCELLED", "DELIVERED", "PENDING", "IN_TRANSIT", "SUCCESS", "FAILED", "UNFULFILLABLE",
    "UNDELIVERABLE", "CUSTOMER_REQUESTED", "OUT_OF_STOCK", "RECALLED", "NEVER_SEEN", "ONE", "GRAM",
    "USD", "JPY", "XXX", "usd",
)  # fmt: skip
_NUMBERS = (
    0, -1, 1, -0.0, 0.1, 1e-320, 1e38, 1e300, 10**14, 10**18, 10**38, 10**400, -(10**20), 2**63,
    9999999999.99, 1e15 + 0.3, float("nan"), float("inf"),
)  # fmt: skip
_NESTED: tuple[Any, ...] = (
    [], {}, [[]], [None], [{}], {"": None}, {"id": {"id": {"id": []}}}, [1, "a", None, {}],
    json.loads("[" * 60 + "]" * 60), json.loads('{"a":' * 70 + "1" + "}" * 70), [0] * 3_000,
)  # fmt: skip

HOSTILE: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(_TIMES),
    st.sampled_from(_TEXTS),
    st.sampled_from(_STATES),
    st.sampled_from(_NUMBERS),
    st.sampled_from(_NESTED),
    st.sampled_from((None, True, False)),
    st.text(max_size=30),
    st.integers(),
    st.floats(),
    st.datetimes().map(lambda time: f"{time.isoformat()}Z"),
)
CELLS = st.one_of(HOSTILE.map(str), st.text(max_size=20)).map(lambda cell: cell[:5_000])
KINDS = ("replace", "delete", "repeat", "swap", "wrap", "empty")


def drawn(strategy: st.SearchStrategy[Drawn], count: int, number: int) -> list[Drawn]:
    """At most `count` examples of the strategy, the same for the same number."""
    found: list[Drawn] = []

    @seed(number)
    @settings(
        max_examples=count,
        database=None,
        phases=[Phase.generate],
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def take(example: Drawn) -> None:
        found.append(example)

    take()
    return found


@st.composite
def tampered(draw: st.DrawFn, originals: list[Any]) -> Any:  # noqa: ANN401 - any JSON
    """One of these JSON values after one to four changes anywhere in it."""
    value = [copy.deepcopy(draw(st.sampled_from(originals)))]
    for _ in range(draw(st.integers(1, 4))):
        if places := [*_places(value)]:
            _change(draw, draw(st.sampled_from(places)))
    return value[0] if value else None


def _places(value: object) -> Iterator[tuple[Container, Any]]:
    """Every container with each of its keys or indexes."""
    waiting = [value]
    while waiting:
        container = waiting.pop()
        if isinstance(container, dict | list):
            keys = list(container) if isinstance(container, dict) else range(len(container))
            for key in keys:
                yield container, key
                waiting.append(container[key])


def _change(draw: st.DrawFn, place: tuple[Any, Any]) -> None:
    container, key = place
    kind = draw(st.sampled_from(KINDS))
    if kind == "delete":
        del container[key]
    elif kind == "repeat" and isinstance(container, list):
        container.extend([copy.deepcopy(container[key])] * draw(st.sampled_from((1, 2, 50))))
    elif kind == "swap":
        other = draw(st.sampled_from(list(container) if isinstance(container, dict) else [0]))
        container[key], container[other] = container[other], container[key]
    elif kind == "wrap":
        container[key] = [container[key]]
    elif kind == "empty" and container[key] is not None:
        container[key] = type(container[key])()
    else:
        container[key] = copy.deepcopy(draw(HOSTILE))


@st.composite
def torn(draw: st.DrawFn, originals: list[bytes]) -> bytes:
    """One of these texts cut, with bytes changed, or something else altogether."""
    content = draw(st.sampled_from(originals))
    start = draw(st.integers(0, len(content)))
    return draw(
        st.sampled_from(
            (
                content[:start],
                content[start:],
                content[:start] + draw(st.binary(max_size=40)) + content[start:],
                content[:start] + bytes(len(content) - start),
                b"",
                draw(st.binary(max_size=200)),
            )
        )
    )
