"""Why a fetch ended before every order was asked for.

Belongs here: the errors that end a fetch. Does not belong here: orders that can't be fetched;
they are snapshots with a status, never errors.
"""

from bwp_pipeline.api.counts import FetchCounts


class FetchStoppedError(Exception):
    """A store's orders could not all be asked for; the text is one line that says what to do.

    `counts` tells what was fetched and how much is left, where the error ends a whole fetch.
    """

    def __init__(self, message: str, counts: FetchCounts | None = None) -> None:
        super().__init__(message)
        self.counts = counts


class TokenRefused(FetchStoppedError):  # noqa: N818 -- reads as what happened
    """The token endpoint refused the credentials, or the API refuses a fresh token."""


class ApiUnreachable(FetchStoppedError):  # noqa: N818 -- reads as what happened
    """The API or its token endpoint gave no usable answer for too long."""


class QueryRefused(FetchStoppedError):  # noqa: N818 -- reads as what happened
    """The API calls many orders in a row invalid: the query does not match its version."""
