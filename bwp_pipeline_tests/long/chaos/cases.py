"""The cases of one build, from a seed.

Belongs here: how many of each kind. Does not belong here: how a thing is tampered with.
"""

import json
from pathlib import Path

from hypothesis import strategies as st

from bwp_pipeline.reports.stock.decisions import FILE
from bwp_pipeline_tests.long.chaos.draws import CELLS, HOSTILE, drawn, tampered, torn
from bwp_pipeline_tests.long.chaos.notes import notes, products_of
from bwp_pipeline_tests.long.chaos.stage import SENT, Case, Stage, clone, of_own_products

_STATUSES = (200, 200, 200, 400, 403, 404, 500, 502)
_REPLIES = [
    b'{"data": {"order": {"id": "o"}}, "errors": [{"message": "m", "path": ["order", "id"]}]}',
    b'{"data": null, "errors": [{"message": "Internal server error"}]}',
    b'{"errors": [{"message": "m", "extensions": {"classification": {"type": "Validation"}}}]}',
    b'{"errors": [{"message": "m", "errorType": "AccessDeniedException", "path": ["order"]}]}',
    b"<html><title>502 Bad Gateway</title></html>",
    b'{"errors": [{"message": "not you: %s"}]}' % SENT,
    b"<html><title>Not you: %s</title></html>" % SENT,
]
_HEADERS = {
    "inventory.csv": ["sku", "on_hand", "inbound", "business_product_id"],
    "overrides.csv": [
        "sku", "lead_time_days", "lead_time_sd_days", "review_days", "minimum_order", "case_pack",
        "unit_cost", "service_level", "snooze_until", "supplier", "discontinued",
    ],
}  # fmt: skip
REMEMBERED = ("reports/latest/alerts.json", "stock.json", "sent.json", "told.json")
_PRODUCT = {
    "buyability": {"status": "NOT_BUYABLE"},
    "inventoryItem": {"inventoryItemId": "item", "buyable": {"amount": 5, "unit": "ONE"}},
}


def cases_of(stage: Stage, undisturbed: Path, seed: int, size: int) -> list[Case]:
    """The cases of a build: `size` orders, as many events, and the rest in proportion."""
    return [
        *_orders(stage, seed, size),
        *_replies(stage, seed, size // 4),
        *_events(stage, seed, size),
        *_records(stage, seed, size // 4),
        *_products(seed, 20),
        *_files(undisturbed, seed),
        *_notes(undisturbed, seed),
    ]


def _orders(stage: Stage, seed: int, count: int) -> list[Case]:
    """Clones of good orders: their events as they were, and an answer tampered with."""
    ids = sorted(stage.events)
    made = []
    originals = [(id_, of_own_products(stage.good[id_])) for id_ in ids]
    for number, (id_, payload) in enumerate(
        drawn(
            st.sampled_from(originals).flatmap(
                lambda pair: st.tuples(st.just(pair[0]), tampered([pair[1]]))
            ),
            count,
            seed,
        )
    ):
        new = f"{id_}x{number}"
        made += [Case("order", new, json.dumps(clone(payload, id_, new)).encode())]
        made += _named(stage, id_, new)
    return made


def _replies(stage: Stage, seed: int, count: int) -> list[Case]:
    ids = sorted(stage.events)
    replies = st.tuples(st.sampled_from(ids), torn(_REPLIES), st.sampled_from(_STATUSES))
    made = []
    for number, (id_, content, status) in enumerate(drawn(replies, count, seed)):
        new = f"{id_}r{number}"
        made += [Case("reply", new, content, status), *_named(stage, id_, new)]
    return made


def _named(stage: Stage, order_id: str, new_id: str) -> list[Case]:
    """An order's own events under its clone's id: they name it and count as no cases."""
    return [
        Case("event", f"names {new_id}", json.dumps(clone(event, order_id, new_id)).encode())
        for event in stage.events[order_id]
    ]


def _events(stage: Stage, seed: int, count: int) -> list[Case]:
    """Events that were tampered with, of orders that nobody knows."""
    originals = [
        clone(event, id_, f"{id_}e{number}")
        for id_, events in sorted(stage.events.items())
        for number, event in enumerate(events)
    ]
    found = drawn(tampered(originals), count, seed)
    return [
        Case("event", f"event {n}", json.dumps(event).encode()) for n, event in enumerate(found)
    ]


def _records(stage: Stage, seed: int, count: int) -> list[Case]:
    originals = [
        json.dumps(clone(event, id_, f"{id_}t")).encode()
        for id_, events in sorted(stage.events.items())
        for event in events
    ]
    found = drawn(torn(originals), count, seed)
    return [Case("record", f"record {n}", content) for n, content in enumerate(found)]


def _products(seed: int, count: int) -> list[Case]:
    found = drawn(tampered([_PRODUCT]), count, seed)
    return [
        Case("product", f"product {n}", json.dumps(one).encode()) for n, one in enumerate(found)
    ]


def _files(undisturbed: Path, seed: int) -> list[Case]:
    """Tables that people keep, cell by cell, and what earlier runs remembered."""
    made = []
    for name, header in _HEADERS.items():
        rows = drawn(st.lists(CELLS, min_size=1, max_size=len(header) + 1), 100, seed)
        lines = [",".join(header), *(",".join(map(_quoted, row)) for row in rows)]
        made.append(Case("file", name, "\n".join(lines).encode("utf-8", "surrogatepass")))
    for name in REMEMBERED:
        path = undisturbed / name
        if path.exists():
            original = path.read_bytes()
            strategy = st.one_of(
                torn([original]),
                st.one_of(tampered([json.loads(original)]), HOSTILE).map(
                    lambda value: json.dumps(value).encode()
                ),
            )
            made.append(Case("file", name, drawn(strategy, 20, seed)[-1]))
    return made


def _notes(undisturbed: Path, seed: int) -> list[Case]:
    """Managers' notes; in every third build another process holds them."""
    products = products_of(undisturbed / "published" / "bwp.duckdb")
    content = drawn(notes(products), 20, seed)[-1]
    return [Case("file", FILE, content), *[Case("lock", FILE, b"")] * (seed % 3 == 0)]


def _quoted(cell: str) -> str:
    return f'"{cell.replace(chr(34), chr(34) * 2)}"'
