"""Objects' bytes from the store, many at once, in order.

Belongs here: reading ahead within a bound, and telling what a failed read means.
Does not belong here: what the bytes are.
"""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError, NotFoundError, PreconditionError
from obstore.store import LocalStore

from bwp_pipeline.archive.listing import Archive, ArchiveObject, unreachable

if TYPE_CHECKING:
    from obstore import GetOptions

AHEAD_BYTES = 64 * 1024 * 1024
AHEAD_OBJECTS = 128
"""What may be in flight or waiting, at most: bytes by the listed sizes, and requests."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The object was deleted or replaced after it was listed."""


def fetch(
    archive: Archive, objects: Sequence[ArchiveObject]
) -> Iterator[tuple[ArchiveObject, bytes | Gone]]:
    """The content of each object, in the order given.

    Raises:
        ArchiveUnreachable: When the store refuses or fails.
    """
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, name="archive-fetch", daemon=True)
    thread.start()
    pending: deque[tuple[ArchiveObject, SimpleQueue[bytes | Gone | Exception]]] = deque()
    waiting = iter(objects)
    try:
        ahead = 0
        upcoming = next(waiting, None)
        while pending or upcoming is not None:
            while upcoming is not None and (
                not pending
                or (len(pending) < AHEAD_OBJECTS and ahead + upcoming.size <= AHEAD_BYTES)
            ):
                answer: SimpleQueue[bytes | Gone | Exception] = SimpleQueue()
                asyncio.run_coroutine_threadsafe(_get(archive, upcoming, answer), loop)
                pending.append((upcoming, answer))
                ahead += upcoming.size
                upcoming = next(waiting, None)
            item, answer = pending.popleft()
            content = answer.get()
            ahead -= item.size
            if isinstance(content, Exception):
                raise unreachable(f"read {item.key} in {archive.url}", content) from content
            yield item, content
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _get(
    archive: Archive, item: ArchiveObject, answer: "SimpleQueue[bytes | Gone | Exception]"
) -> None:
    try:
        # A directory's etags are the listing's own; only a real store can compare them.
        options: GetOptions = {}
        if not isinstance(archive.store, LocalStore):
            options["if_match"] = f'"{item.etag}"'
        result = await obstore.get_async(archive.store, item.key, options=options)
        answer.put(bytes(await result.bytes_async()))
    except (NotFoundError, PreconditionError, FileNotFoundError):
        answer.put(Gone())
    except (BaseError, OSError) as error:
        answer.put(error)
