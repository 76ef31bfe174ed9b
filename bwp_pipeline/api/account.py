"""What the client needs to know: endpoints, version, limits, stores.

Belongs here: the part of the settings that the API needs. Does not belong here: where the settings
come from (`bwp_pipeline/settings/`).
"""

from collections.abc import Mapping
from typing import Protocol

from bwp_pipeline.settings.stores import Store


class ApiSettings(Protocol):
    """Settings of the API; `bwp_pipeline.settings.Settings` has them all.

    A value of `api_headers` that contains `{target_id}` names the header for the target id, which
    then replaces `x-api-target-id`. `api_rate` is request starts a second for each store without a
    rate of its own, `api_concurrency` is requests in flight over all stores, `api_batch` is orders
    per request. `api_product_identifiers`: whether to ask for a product's sku and external ids.
    """

    @property
    def api_url(self) -> str:
        """The GraphQL endpoint."""

    @property
    def token_url(self) -> str:
        """The token endpoint."""

    @property
    def api_version(self) -> str:
        """The value of `x-api-version`."""

    @property
    def api_headers(self) -> Mapping[str, str]:
        """Further headers of each request."""

    @property
    def api_rate(self) -> float:
        """Request starts a second, at most."""

    @property
    def api_concurrency(self) -> int:
        """Requests in flight, at most."""

    @property
    def api_batch(self) -> int:
        """Orders a request."""

    @property
    def api_reply_bytes(self) -> int:
        """Bytes of one reply, inflated, at most."""

    @property
    def api_reply_seconds(self) -> float:
        """Seconds until a reply is complete, at most."""

    @property
    def api_product_identifiers(self) -> bool:
        """Whether to ask for inferred fields."""

    @property
    def stores(self) -> Mapping[str, Store]:
        """Credentials by business product id."""


_TARGET = "{target_id}"


def store_headers(settings: ApiSettings, store: Store) -> dict[str, str]:
    """The headers of each request about a store, all but `Authorization`."""
    own = {
        name: value.replace(_TARGET, store.target_id)
        for name, value in settings.api_headers.items()
    }
    named = any(_TARGET in value for value in settings.api_headers.values())
    return {
        "content-type": "application/json",
        "accept": "application/json",
        "x-api-version": settings.api_version,
        **({} if named else {"x-api-target-id": store.target_id}),
        **own,
    }
