"""Objects' bytes from the store, many at once, in order.

Belongs here: reading ahead within a bound, and saying what a failed read means.
Does not belong here: what the bytes are.
"""

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import chain
from math import ceil, inf
from time import monotonic
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError, NotFoundError, PermissionDeniedError, PreconditionError
from obstore.store import S3Store

from bwp_pipeline import directories
from bwp_pipeline.archive.errors import remedy, unreachable
from bwp_pipeline.archive.objects import odd_keys
from bwp_pipeline.archive.objects.listing import Archive, ArchiveObject
from bwp_pipeline.storage import open_client

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from obstore import GetOptions

AHEAD_BYTES = 64 * 1024 * 1024
AHEAD_OBJECTS = 1_000
"""The most that is requested together: bytes by the listed sizes, and objects."""
LARGE = 8 * 1024 * 1024
"""Bytes of an object that one request reads, at most."""
# A store can take tens of milliseconds to answer, however small the object: enough threads wait
# to reach this many objects a second. More would only get in each other's way.
_MOST_THREADS = 128
_FEWEST_THREADS = 16
_FIRST = 4 * _FEWEST_THREADS
_OBJECTS_PER_SECOND = 5_000


@dataclass(frozen=True, slots=True)
class Gone:
    """The object was deleted or replaced after it was listed; the next listing will show it."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The store has the object but denies it; `error` says what to do."""

    reason: str
    error: str


Content = Iterable[bytes] | Gone | Refused


def fetch(
    archive: Archive, objects: Sequence[ArchiveObject]
) -> Generator[tuple[ArchiveObject, Content], None, None]:
    """The content of each object, in the order given; use each before taking the next.

    Raises:
        ArchiveUnreachable: When the store fails for a reason other than the object.
    """
    odd = any(item.size and odd_keys.is_odd(item.key) for item in objects)
    client = open_client(archive.store) if odd and isinstance(archive.store, S3Store) else None
    waiting = _FEWEST_THREADS
    with ThreadPoolExecutor(_MOST_THREADS, thread_name_prefix="archive-fetch") as threads:
        for group in _groups(objects):
            # Where there are many objects, a thread takes several: handing one over costs as much
            # as requesting it.
            are_many = len(group) >= _FIRST
            size = ceil(len(group) / waiting) if are_many else 1
            parts = [group[start : start + size] for start in range(0, len(group), size)]
            coming = [threads.submit(_begin, archive, client, part) for part in parts]
            # Threads that come back from the store and the caller who reads keep each other from
            # work: where objects are many and small, all are fetched first.
            if are_many:
                wait(coming)
                waiting = _waiting(min(part.result()[1] for part in coming))
            begun = chain.from_iterable(part.result()[0] for part in coming)
            for item, content in zip(group, begun, strict=True):
                if _has_more(item) and not isinstance(content, Gone | Refused):
                    yield item, chain(content, _rest(archive, item, threads))
                else:
                    yield item, content


def _waiting(latency: float) -> int:
    """How many threads should wait for a store that answers after so many seconds."""
    wanted = _OBJECTS_PER_SECOND * min(latency, 1)
    return min(max(_FEWEST_THREADS, ceil(wanted)), _MOST_THREADS)


def _groups(objects: Sequence[ArchiveObject]) -> Iterator[list[ArchiveObject]]:
    group: list[ArchiveObject] = []
    ahead = 0
    # The first ones show how long the store takes.
    most = _FIRST
    for item in objects:
        if group and (len(group) == most or ahead + _held(item) > AHEAD_BYTES):
            yield group
            group, ahead, most = [], 0, AHEAD_OBJECTS
        group.append(item)
        ahead += _held(item)
    if group:
        yield group


def _held(item: ArchiveObject) -> int:
    return 2 * LARGE if _has_more(item) else item.size


def _has_more(item: ArchiveObject) -> bool:
    return item.size > LARGE and not odd_keys.is_odd(item.key)


def _begin(
    archive: Archive, client: "S3Client | None", items: Sequence[ArchiveObject]
) -> tuple[list[Content], float]:
    """The beginning of each object, and the least seconds in which the store returned one."""
    contents, latency = [], inf
    for item in items:
        asked_at = monotonic()
        contents.append(_begin_one(archive, client, item))
        # Empty objects weren't requested.
        if item.size:
            latency = min(latency, monotonic() - asked_at)
    return contents, latency


def _begin_one(archive: Archive, client: "S3Client | None", item: ArchiveObject) -> Content:
    """The whole object, or the first part of a large one."""
    if not item.size:
        # It may be a folder marker, whose key obstore can't name.
        return []
    try:
        if client is not None and odd_keys.is_odd(item.key):
            return [odd_keys.get_object(client, archive.url, item.key, item.etag)]
        return [_get(archive, item, 0 if _has_more(item) else None)]
    except (BaseError, OSError) as error:
        return _meaning(archive, item, error)


def _rest(archive: Archive, item: ArchiveObject, threads: Executor) -> Iterator[bytes]:
    """A large object's further parts, the next on its way while one is used."""
    starts = deque(range(LARGE, item.size, LARGE))
    coming = threads.submit(_get, archive, item, starts.popleft())
    while True:
        part = coming
        if starts:
            coming = threads.submit(_get, archive, item, starts.popleft())
        try:
            yield part.result()
        except (BaseError, OSError) as error:
            raise unreachable(f"read {item.key} in {archive.url}", error) from error
        if part is coming:
            return


def _get(archive: Archive, item: ArchiveObject, start: int | None) -> bytes:
    if archive.directory is not None and directories.is_odd(item.key):
        end = min((start or 0) + LARGE, item.size)
        return directories.read_file(archive.directory, item.key, start, end)
    options: GetOptions = {"if_match": f'"{item.etag}"'} if item.has_etag else {}
    if start is not None:
        options["range"] = (start, min(start + LARGE, item.size))
    return bytes(obstore.get(archive.store, item.key, options=options).bytes())


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
