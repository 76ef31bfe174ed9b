"""Objects' bytes from the store, many at once, in order.

Belongs here: reading ahead within a bound, and telling what a failed read means.
Does not belong here: what the bytes are.
"""

import asyncio
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
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
"""Bytes of an object that one request reads, at most."""


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
        pending: deque[tuple[ArchiveObject, asyncio.Task[Content]]] = deque()
        waiting = deque(objects)
        ahead = 0
        while pending or waiting:
            while waiting and (
                not pending
                or (len(pending) < AHEAD_OBJECTS and ahead + _held(waiting[0]) <= AHEAD_BYTES)
            ):
                item = waiting.popleft()
                pending.append((item, loop.create_task(_begin(archive, item))))
                ahead += _held(item)
            item, task = pending.popleft()
            content = loop.run_until_complete(task)
            if _has_more(item) and not isinstance(content, Gone | Refused):
                content = chain(content, _rest(archive, item, loop))
            yield item, content
            ahead -= _held(item)


def _held(item: ArchiveObject) -> int:
    return 2 * LARGE if _has_more(item) else item.size


def _has_more(item: ArchiveObject) -> bool:
    return item.size > LARGE and not oddkeys.is_odd(item.key)


async def _begin(archive: Archive, item: ArchiveObject) -> Content:
    """The whole object, or the first part of a large one."""
    if not item.size:
        # It may be a folder's marker, whose key a store can't even name.
        return []
    try:
        if oddkeys.is_odd(item.key) and archive.client is not None:
            read = oddkeys.get_object
            return [await asyncio.to_thread(read, archive.client, archive.url, item.key, item.etag)]
        return [await _get(archive, item, 0 if _has_more(item) else None)]
    except (BaseError, OSError) as error:
        return _meaning(archive, item, error)


def _rest(
    archive: Archive, item: ArchiveObject, loop: asyncio.AbstractEventLoop
) -> Iterator[bytes]:
    """A large object's further parts, the next on its way while one is used."""
    starts = deque(range(LARGE, item.size, LARGE))
    coming: asyncio.Task[bytes] | None = loop.create_task(_get(archive, item, starts.popleft()))
    while coming is not None:
        task = coming
        coming = loop.create_task(_get(archive, item, starts.popleft())) if starts else None
        try:
            yield loop.run_until_complete(task)
        except (BaseError, OSError) as error:
            raise unreachable(f"read {item.key} in {archive.url}", error) from error


async def _get(archive: Archive, item: ArchiveObject, start: int | None) -> bytes:
    options: GetOptions = {"if_match": f'"{item.etag}"'} if item.has_etag else {}
    if start is not None:
        options["range"] = (start, min(start + LARGE, item.size))
    result = await obstore.get_async(archive.store, item.key, options=options)
    return bytes(await result.bytes_async())


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
