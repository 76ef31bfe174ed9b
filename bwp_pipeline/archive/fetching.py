"""Objects' bytes from the store, many at once, in order.

Belongs here: reading ahead within a bound, and telling what a failed read means.
Does not belong here: what the bytes are.
"""

import asyncio
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError, NotFoundError, PermissionDeniedError, PreconditionError

from bwp_pipeline.archive import oddkeys
from bwp_pipeline.archive.listing import Archive, ArchiveObject
from bwp_pipeline.archive.trouble import remedy, unreachable

if TYPE_CHECKING:
    from obstore import GetOptions

AHEAD_BYTES = 64 * 1024 * 1024
AHEAD_OBJECTS = 192
"""What may be in flight or waiting, at most: bytes by the listed sizes, and requests."""
LARGE = 8 * 1024 * 1024
"""Bytes from which an object is read as a stream instead of whole."""
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Gone:
    """The object was deleted or replaced after it was listed; the next listing will tell."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The store knows the object and doesn't give it; `error` says what to do."""

    reason: str
    error: str


Content = Iterable[bytes] | Gone | Refused


def fetch(
    archive: Archive, objects: Sequence[ArchiveObject]
) -> Generator[tuple[ArchiveObject, Content], None, None]:
    """The content of each object, in the order given; each is to be used before the next.

    Raises:
        ArchiveUnreachable: When the store fails for another reason than the object.
    """
    # What is on its way goes on in the store's own threads while the caller works.
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        pending: deque[tuple[ArchiveObject, asyncio.Task[Content] | None]] = deque()
        waiting = deque(objects)
        ahead = 0
        while pending or waiting:
            while waiting and (
                not pending
                or (len(pending) < AHEAD_OBJECTS and ahead + _held(waiting[0]) <= AHEAD_BYTES)
            ):
                item = waiting.popleft()
                # An empty one may be a folder's marker, whose key a store can't even name.
                whole = 0 < item.size < LARGE or (item.size and oddkeys.is_odd(item.key))
                task = loop.create_task(_whole(archive, item)) if whole else None
                pending.append((item, task))
                ahead += _held(item)
            item, task = pending.popleft()
            if task is not None:
                yield item, loop.run_until_complete(task)
            else:
                yield item, _stream(archive, item) if item.size else []
            ahead -= _held(item)


def _held(item: ArchiveObject) -> int:
    return item.size if item.size < LARGE else 0


async def _whole(archive: Archive, item: ArchiveObject) -> Content:
    try:
        if oddkeys.is_odd(item.key) and archive.client is not None:
            read = oddkeys.get_object
            return [await asyncio.to_thread(read, archive.client, archive.url, item.key, item.etag)]
        result = await obstore.get_async(archive.store, item.key, options=_options(item))
        return [bytes(await result.bytes_async())]
    except (BaseError, OSError) as error:
        return _meaning(archive, item, error)


def _stream(archive: Archive, item: ArchiveObject) -> Content:
    try:
        result = obstore.get(archive.store, item.key, options=_options(item))
    except (BaseError, OSError) as error:
        return _meaning(archive, item, error)
    return _chunks(archive, item, result.stream(_CHUNK))


def _chunks(archive: Archive, item: ArchiveObject, stream: Iterable[bytes]) -> Iterator[bytes]:
    try:
        for chunk in stream:
            yield bytes(chunk)
    except (BaseError, OSError) as error:
        raise unreachable(f"read {item.key} in {archive.url}", error) from error


def _options(item: ArchiveObject) -> "GetOptions":
    return {"if_match": f'"{item.etag}"'} if item.has_etag else {}


def _meaning(archive: Archive, item: ArchiveObject, error: Exception) -> Gone | Refused:
    if isinstance(error, NotFoundError | PreconditionError | FileNotFoundError):
        return Gone()
    if "InvalidObjectState" in str(error):
        return Refused(
            "archived_storage_class",
            "is in an archived storage class: restore it, then run `bwp quarantine --retry`",
        )
    if isinstance(error, PermissionDeniedError | PermissionError):
        return Refused("access_denied", remedy(error))
    raise unreachable(f"read {item.key} in {archive.url}", error) from error
