"""A sandbox world as tests and demonstrations hold it: orders as the API shows them, and the truth.

Times are UTC; without one, the world's end is meant. Where orders come from is in `order_book`,
which everything that serves or archives a world builds upon.
"""

from datetime import datetime

from bwp_pipeline.sandbox import truth, versions
from bwp_pipeline.sandbox.order_book import OrderBook
from bwp_pipeline.sandbox.truth import Row
from bwp_pipeline.sandbox.versions import Json


class World(OrderBook):
    """Stores, orders and all that happens to them; see `OrderBook` for the arguments."""

    def order(
        self, order_id: str, at: datetime | None = None, version: str = versions.V2024_11_01
    ) -> Json | None:
        """The whole order as the API's version shapes it; None where there is none (yet)."""
        found = self.find(order_id)
        return None if found is None else versions.order_object(found, version, self._second(at))

    def delivery_items(self, at: datetime | None = None, *, seen_only: bool = True) -> list[Row]:
        """One row per order, delivery and line; see `truth.delivery_items`."""
        return truth.delivery_items(self, self._second(at), seen_only=seen_only)

    def cancellation_requests(self, at: datetime | None = None) -> list[Row]:
        """One row per cancellation request and line that it covers."""
        return truth.cancellation_requests(self, self._second(at))

    def return_packages(self, at: datetime | None = None) -> list[Row]:
        """One row per return package and line in it."""
        return truth.return_packages(self, self._second(at))

    def unresolved_deliveries(self, at: datetime | None = None) -> list[Row]:
        """One row per delivery whose cancellation the API does not confirm."""
        return truth.unresolved_deliveries(self, self._second(at))

    def business_events(self) -> list[Row]:
        """One row per business event in the archive; see `truth.business_events`."""
        return truth.business_events(self)

    def _second(self, at: datetime | None) -> int:
        return self.end if at is None else int(at.timestamp())
