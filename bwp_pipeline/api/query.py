"""The GraphQL request for one or more orders.

Belongs here: reading the query of an API version and putting requests together. Does not belong
here: sending them. The fields themselves stand in `queries/`, one file a version.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Self

import msgspec

_INFERRED = "# inferred"
_NOT_TELLING = frozenset({"fragment", "on", "Snapshot", "Order", "id"})
_NAMED = re.compile(
    r"""['"`](?:\w+\.)?(\w+)['"`]"""
    r"""|\bfield\s+(?:\w+\.)?(\w+)"""
    r"""|@\[(?:\w+/)*(\w+)\]""",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class OrderQuery:
    """What is asked of each order: a fragment called `Snapshot` on `Order`.

    `inferred` are its fields that the documentation does not show on an order.
    """

    api_version: str
    fragment: str
    inferred: frozenset[str]

    @property
    def fields(self) -> frozenset[str]:
        """The names in it by which the API can say that the query, and no order, is wrong."""
        return frozenset(re.findall(r"\w+", self.fragment)) - _NOT_TELLING

    @classmethod
    def of_version(cls, api_version: str, *, product_identifiers: bool) -> Self:
        """Read the query of an API version.

        Args:
            api_version: As in the `x-api-version` header, e.g. 2024-11-01.
            product_identifiers: Whether to ask for a product's identifiers beyond its id.
        """
        text = files("bwp_pipeline.api").joinpath("queries", f"{api_version}.graphql").read_text()
        lines = text.splitlines()
        marked = [line for line in lines if _INFERRED in line]
        if not product_identifiers:
            lines, marked = [line for line in lines if line not in marked], []
        # The queries hold no strings, so a `#` always begins a comment.
        words = " ".join(line.partition("#")[0] for line in lines).split()
        names = (re.match(r"\s*(\w+)", line) for line in marked)
        inferred = frozenset(name.group(1) for name in names if name)
        return cls(api_version, " ".join(words), inferred)

    def without_inferred(self) -> Self:
        """The same query without the inferred fields."""
        return self.of_version(self.api_version, product_identifiers=False)

    def request(self, order_ids: Sequence[str]) -> bytes:
        """The JSON body that asks for these orders under the names of `response_names`."""
        variables = {
            name: {"orderId": order_id}
            for name, order_id in zip(response_names(len(order_ids)), order_ids, strict=True)
        }
        query = _document(self.fragment, len(order_ids))
        return msgspec.json.encode({"query": query, "variables": variables})


def names_one_of(words: str | None, fields: frozenset[str]) -> bool:
    """Whether an error's text names one of the fields rather than happening to contain the word.

    Servers quote a field (`Cannot query field 'sku'`), call it one (`Unknown field sku`) or give
    its path (`FieldUndefined@[order/sku]`).
    """
    found = {name for names in _NAMED.findall(words or "") for name in names}
    return not fields.isdisjoint(found)


@cache
def _document(fragment: str, count: int) -> str:
    names = response_names(count)
    declared = ", ".join(f"${name}: OrderIdentifierInput!" for name in names)
    fields = " ".join(
        f"{name}: order(orderIdentifier: ${name}) {{ ...Snapshot }}" for name in names
    )
    return f"query Orders({declared}) {{ {fields} }} {fragment}"


@cache
def response_names(count: int) -> tuple[str, ...]:
    """The names under which a reply about that many orders has them.

    A single order keeps the field's own name, so a server without alias support understands it.
    """
    return ("order",) if count == 1 else tuple(f"order{index}" for index in range(count))
