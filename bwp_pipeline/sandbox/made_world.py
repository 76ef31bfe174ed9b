"""A sandbox world as tests and demonstrations hold it: orders as the API shows them, and the truth.

Where orders come from is in `order_book`, upon which everything that serves or archives a world
builds. Times are UTC. `at` is the moment that orders are seen (default: the world's last second),
`days` are the archive's days that are read (default: all).
"""

from collections.abc import Iterable
from datetime import date, datetime

from bwp_pipeline.sandbox import evidence, truth
from bwp_pipeline.sandbox.api import versions
from bwp_pipeline.sandbox.api.values import V2024_11_01, Json
from bwp_pipeline.sandbox.evidence import Row
from bwp_pipeline.sandbox.world.order_book import OrderBook

Days = Iterable[date] | None


class World(OrderBook):
    """Stores, orders and all that happens to them; see `OrderBook` for the arguments."""

    def order(
        self, order_id: str, at: datetime | None = None, version: str = V2024_11_01
    ) -> Json | None:
        """The whole order as the API's version shapes it; None where there is none (yet)."""
        found = self.find(order_id)
        return None if found is None else versions.order_object(found, version, self._second(at))

    def known_order_ids(self, days: Days = None) -> set[str]:
        """The orders that those days' events name."""
        return evidence.gather(self, days).order_ids

    def delivery_items(self, at: datetime | None = None, days: Days = None) -> list[Row]:
        """One row per known order, delivery and line; see `truth.delivery_items`."""
        return truth.delivery_items(self, self._second(at), evidence.gather(self, days))

    def cancellation_requests(self, at: datetime | None = None, days: Days = None) -> list[Row]:
        """One row per known order's cancellation request and line that it covers."""
        return truth.cancellation_requests(self, self._second(at), evidence.gather(self, days))

    def return_packages(self, at: datetime | None = None, days: Days = None) -> list[Row]:
        """One row per known order's return package and line in it."""
        return truth.return_packages(self, self._second(at), evidence.gather(self, days))

    def refunds(self, at: datetime | None = None, days: Days = None) -> list[Row]:
        """One row per known order's refund and line that it covers."""
        return truth.refunds(self, self._second(at), evidence.gather(self, days))

    def return_items(self, at: datetime | None = None, days: Days = None) -> list[Row]:
        """One row per known order's return and line in it."""
        return truth.return_items(self, self._second(at), evidence.gather(self, days))

    def unresolved_deliveries(self, at: datetime | None = None, days: Days = None) -> list[Row]:
        """One row per delivery whose cancellation the API does not confirm."""
        return truth.unresolved_deliveries(self, self._second(at), evidence.gather(self, days))

    def business_events(self, days: Days = None) -> list[Row]:
        """One row per business event; see `evidence.business_events`."""
        return evidence.business_events(self, days)

    def stockout_episodes(self) -> list[Row]:
        """One row per stock-out of a product."""
        return truth.stockout_episodes(self)

    def _second(self, at: datetime | None) -> int:
        return self.now if at is None else int(at.timestamp())
