"""One store's conversation with the API: from order ids to a final answer about each.

Belongs here: asking again, splitting batches, finding that the query is at fault. Does not belong
here: a single exchange (`transport.py`), keeping answers (`snapshots.py`).
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from bwp_pipeline.api.account import ApiSettings
from bwp_pipeline.api.answers import Answer, Failure, FailureKind, Reply, Status, Verdict
from bwp_pipeline.api.connection import Connection
from bwp_pipeline.api.errors import QueryRefused
from bwp_pipeline.api.order_ref import OrderRef
from bwp_pipeline.api.query import OrderQuery, response_names
from bwp_pipeline.api.transport import Transport
from bwp_pipeline.settings.stores import Store

Keep = Callable[[OrderRef, Answer, datetime], None]
"""Takes an order, the final answer about it and when it was asked for."""

_SPLIT_AFTER = 2
_SPLIT = frozenset({FailureKind.FAULT, FailureKind.UNUSABLE})

_log = logging.getLogger(__name__)


class StoreClient:
    """Asks for one store's orders; any number of callers may share it."""

    def __init__(
        self, connection: Connection, settings: ApiSettings, store: Store, keep: Keep
    ) -> None:
        self.transport = Transport(connection, settings, store)
        self._clock = connection.clock
        self._retry = connection.retry
        self._store = store
        self._keep = keep
        self._query = OrderQuery.of_version(
            settings.api_version, product_identifiers=settings.api_product_identifiers
        )
        self._unusable_in_a_row = 0
        self._held_back: list[tuple[OrderRef, Answer, datetime]] = []

    async def fetch(self, refs: Sequence[OrderRef]) -> None:
        """Ask for these orders in one request, until there is a final answer about each.

        What fails is asked again. When a request for several fails as a whole, its halves are
        asked for on their own, so that an order that breaks it ends up alone.

        Raises:
            FetchStoppedError: No further order can be fetched from this store for now.
        """
        for attempt in range(1, self._retry.attempts + 1):
            asked_at = self._clock.now()
            reply = await self._ask(refs)
            if len(refs) > 1 and _is_broken(reply, attempt):
                middle = len(refs) // 2
                await self.fetch(refs[:middle])
                await self.fetch(refs[middle:])
                return
            refused = reply.refuses(self._query.fields)
            refs = [
                ref
                for ref, verdict in zip(refs, reply.verdicts, strict=True)
                if not self._concluded(ref, verdict, asked_at, attempt, refused=refused)
            ]
            if not refs:
                return
            # When the API throttles, the pace already makes every caller wait.
            if reply.failure is not None and reply.failure.kind is not FailureKind.THROTTLED:
                await self._clock.sleep(self._retry.pause_after(attempt))

    def finish(self) -> None:
        """Keep the answers that were held back to see whether the query is at fault."""
        for held in self._held_back:
            self._keep(*held)
        self._held_back.clear()

    async def _ask(self, refs: Sequence[OrderRef]) -> Reply:
        ids = [ref.order_id for ref in refs]
        asked = dict(zip(response_names(len(refs)), ids, strict=True))
        while True:
            query = self._query
            reply = await self.transport.exchange(query.request(ids), asked)
            if not reply.refuses(query.inferred):
                return reply
            if self._query is query:
                _log.warning(
                    "The API does not know a product identifier in the query (%s); continuing"
                    " without them. Set BWP_API_PRODUCT_IDENTIFIERS=false to skip the attempt.",
                    reply.verdicts[0].error,
                )
                self._query = query.without_inferred()

    def _concluded(
        self, ref: OrderRef, verdict: Verdict, asked_at: datetime, attempt: int, *, refused: bool
    ) -> bool:
        if isinstance(verdict, Failure):
            if attempt < self._attempts(verdict):
                return False
            is_unusable = verdict.kind is FailureKind.UNUSABLE
            self._unusable_in_a_row = self._unusable_in_a_row + 1 if is_unusable else 0
            verdict = verdict.partial or Answer(Status.UNAVAILABLE, None, verdict.error)
        else:
            self._unusable_in_a_row = 0
        if refused:
            self._hold_back(ref, verdict, asked_at)
        else:
            self.finish()
            self._keep(ref, verdict, asked_at)
        return True

    def _attempts(self, failure: Failure) -> int:
        retry = self._retry
        if failure.partial is not None:
            return retry.partial_attempts
        # An API that works but gives no usable answer for many orders in a row won't do better when
        # asked eight times about each.
        many = self._unusable_in_a_row >= retry.unusable_in_a_row
        return 1 if many and failure.kind is FailureKind.UNUSABLE else retry.attempts

    def _hold_back(self, ref: OrderRef, invalid: Answer, asked_at: datetime) -> None:
        self._held_back.append((ref, invalid, asked_at))
        count = len(self._held_back)
        if count >= self._retry.refusals_in_a_row:
            # Not the orders' fault: without a snapshot they are asked for again.
            self._held_back.clear()
            raise QueryRefused(
                f"the API refuses the query for {count} orders of store {self._store.name} in a "
                f"row ({invalid.error}): check BWP_API_VERSION"
            )


def _is_broken(reply: Reply, attempt: int) -> bool:
    if not reply.as_a_whole:
        return False
    failure = reply.failure
    if failure is None:
        return True
    return failure.kind in _SPLIT and attempt >= _SPLIT_AFTER
