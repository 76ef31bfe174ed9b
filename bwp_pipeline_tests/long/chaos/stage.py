"""Where drawn things go in and published tables come out: an archive, an API, a data directory.

Belongs here: a world of good orders, clones of them to tamper with, and one run of the daily job.
Does not belong here: what is drawn (`draws.py`) or what must hold afterwards (`verdict.py`).
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

from starlette.responses import Response

from bwp_pipeline.api import RetryPolicy
from bwp_pipeline.cli import main
from bwp_pipeline.sandbox import World, write_archive
from bwp_pipeline.sandbox.archive import firehose
from bwp_pipeline_tests.long.chaos.notes import locked
from bwp_pipeline_tests.servers.api_server import ApiServer
from bwp_pipeline_tests.whole.canaries import CREDENTIALS, secret_settings

END = date(2026, 3, 15)
DAYS = [END - timedelta(days=back) for back in range(10, 0, -1)]
SENT = b"<sent>"
"""In a reply of the API: the headers of the request that it answers."""
WORDS = ("run", "--from", DAYS[0].isoformat(), "--to", DAYS[-1].isoformat())
_PRODUCT = {
    "buyability": {"status": "BUYABLE"},
    "inventoryItem": {"inventoryItemId": "item", "buyable": {"amount": 5, "unit": "ONE"}},
}


@dataclass(frozen=True)
class Case:
    """One drawn thing.

    `kind` says where it goes: the archive gets `event` and `record`, the API answers `order` and
    `reply` about a clone of that id, `product` about any product, a `file` lies in the data
    directory under its name, and a `lock` holds that of the notes during the run.
    """

    kind: str
    name: str
    content: bytes
    status: int = 200


class Stage:
    """Good orders of two stores; nothing hostile names the second one's."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root = root
        self.world = World(seed=seed, days=len(DAYS), orders_per_day=20, end=END, store_count=2)
        write_archive(self.world, f"{(root / 'good').as_uri()}/")
        self.untouched_store = self.world.stores[1].business_product_id
        ids = sorted(self.world.known_order_ids())
        self.good = {id_: json.loads(json.dumps(self.world.order(id_))) for id_ in ids}
        self.events = self._events()
        self.api = ApiServer(token_life=86_400, token_name="canary-token")

    def _events(self) -> dict[str, list[dict[str, Any]]]:
        """The events of the first store, by order."""
        found: dict[str, list[dict[str, Any]]] = {}
        for item in firehose.objects(self.world):
            for record in item.records:
                happening = record.happening
                if (
                    happening is not None
                    and happening.order_id is not None
                    and happening.business_product_id != self.untouched_store
                ):
                    event = json.loads(record.body)
                    found.setdefault(happening.order_id, []).append(event)
        return found

    def run(self, data: Path, cases: Sequence[Case]) -> int:
        """Run the daily job with these cases beside the good orders; its exit code."""
        archive = data.with_name(f"{data.name}-archive")
        shutil.copytree(self.root / "good", archive, dirs_exist_ok=True)
        data.mkdir(parents=True, exist_ok=True)
        _archive(archive, [case for case in cases if case.kind in {"event", "record"}])
        for case in cases:
            if case.kind == "file":
                path = data / case.name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(case.content)
        self._serve({case.name: case for case in cases})
        is_locked = any(case.kind == "lock" for case in cases)
        with self._environment(data, archive), locked(data) if is_locked else nullcontext():
            return main(WORDS)

    def _serve(self, cases: Mapping[str, Case]) -> None:
        products = [case for case in cases.values() if case.kind == "product"]

        def answer(server: ApiServer, ids: list[str]) -> Response | None:
            asked = server.bodies.pop()
            sent = json.dumps(dict(server.requests.pop().headers.items()))[1:-1].replace('"', "'")
            name = next(iter(asked["variables"]))
            if name.startswith("product"):
                case = products[server.asked.total() % len(products)] if products else None
                content = case.content if case else json.dumps(_PRODUCT).encode()
                return _json(b'{"data": {"%s": %s}}' % (name.encode(), content))
            case = cases.get(ids[0])
            if case is None or case.kind not in {"order", "reply"}:
                return None
            if case.kind == "order":
                return _json(b'{"data": {"%s": %s}}' % (name.encode(), case.content))
            return _json(case.content.replace(SENT, sent.encode()), case.status)

        self.api.orders = self.good.get
        self.api.fault = answer

    @contextmanager
    def _environment(self, data: Path, archive: Path) -> Iterator[None]:
        stores = data.with_name("stores.yaml")
        stores.write_text(
            "stores:\n"
            + "".join(
                f"  {store.business_product_id}:\n    client_id: ${{BWP_CLIENT_ID}}\n"
                "    client_secret: ${BWP_CLIENT_SECRET}\n"
                for store in self.world.stores
            )
        )
        values = {
            **CREDENTIALS,
            **secret_settings(),
            "BWP_ARCHIVE_URL": f"{archive.as_uri()}/",
            "BWP_DATA_DIR": str(data),
            "DAGSTER_HOME": str(data / "dagster"),
            "BWP_STORES_FILE": str(stores),
            "BWP_API_URL": f"{self.api.url}/graphql",
            "BWP_TOKEN_URL": f"{self.api.url}/token",
            "BWP_API_RATE": "1000",
        }
        hasty = partial(RetryPolicy, attempts=3, pause=0.001, longest_pause=0.002)
        with (
            mock.patch.dict(os.environ, values),
            mock.patch("bwp_pipeline.api.fetch.RetryPolicy", hasty),
            mock.patch("bwp_pipeline.reports.stock.decisions.LOCKED_SECONDS", 0.1),
        ):
            yield


def of_own_products(order: Any) -> Any:  # noqa: ANN401 - any JSON
    """The order, selling other products: what is odd about a product is shared by its orders."""

    def renamed(value: Any) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(value, dict):
            return {key: renamed(inner) for key, inner in value.items()}
        return f"{value}~" if isinstance(value, str) else value

    lines = [{**line, "product": renamed(line["product"])} for line in order["lineItems"]]
    return {**order, "lineItems": lines}


def clone(original: Any, order_id: str, new_id: str) -> Any:  # noqa: ANN401 - any JSON
    """The JSON value with another order's id in the place of this one's."""
    return json.loads(json.dumps(original).replace(order_id, new_id))


def _archive(archive: Path, cases: Sequence[Case]) -> None:
    """Whole events lie together in objects, torn records in objects of their own."""
    folder = archive / f"{DAYS[-1]:%Y/%m/%d}/23"
    folder.mkdir(parents=True, exist_ok=True)
    events = [case.content for case in cases if case.kind == "event"]
    for start in range(0, len(events), 50):
        (folder / f"chaos-{start}").write_bytes(b"\n".join(events[start : start + 50]))
    for number, case in enumerate(cases):
        if case.kind == "record":
            (folder / f"torn-{number}").write_bytes(case.content)


def _json(content: bytes, status: int = 200) -> Response:
    return Response(content, status, media_type="application/json")
