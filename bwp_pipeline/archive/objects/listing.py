"""Which objects an archive holds, by archive day.

Belongs here: the archive's address, its layout of days, and listing.
Does not belong here: what objects contain.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from bwp_pipeline import directories
from bwp_pipeline.archive.errors import ArchiveUnreachable, unreachable
from bwp_pipeline.archive.objects import odd_keys
from bwp_pipeline.archive.opening.columnar import MEMORY
from bwp_pipeline.storage import bucket_url, directory, key_prefix, open_client, open_store

if TYPE_CHECKING:
    from obstore import ObjectMeta


_PAGE = 1_000
"""The most keys that S3 lists in one response."""
_SIDE_BY_SIDE = 16
# Buy with Prime began in 2022.
_SWEPT_DAYS = 366 * 20


class ArchiveObject(NamedTuple):
    """One object as the archive lists it; key and etag identify its content.

    `key` is the bucket's, or a path below the archive's directory; `size` is in bytes.
    """

    key: str
    etag: str
    size: int
    last_modified: datetime

    @classmethod
    def without_etag(cls, key: str, size: int, last_modified: datetime) -> "ArchiveObject":
        """An object whose store has no etags: size and time stand in for one."""
        return cls(key, _stamp(size, last_modified), size, last_modified)

    @property
    def has_etag(self) -> bool:
        """Whether the etag is the store's own."""
        return "-" not in self.etag or self.etag != _stamp(self.size, self.last_modified)


def _stamp(size: int, last_modified: datetime) -> str:
    return f"{size:x}-{round(last_modified.timestamp() * 1e6):x}"


@dataclass(frozen=True, slots=True)
class Archive:
    """The archive below a URL.

    `layout` is the strftime pattern of a day's sub-prefix. When it is empty, an object belongs to
    the UTC day of its LastModified. `store` covers the whole bucket, or the archive's directory,
    and `root` is the prefix of the archive's keys in it. `columnar_memory` is how many bytes the
    rows of a Parquet or ORC object may take up at once.
    """

    url: str
    layout: str
    store: ObjectStore
    root: str = ""
    columnar_memory: int = MEMORY

    @property
    def directory(self) -> Path | None:
        """Where the archive is, if it is a directory."""
        if isinstance(self.store, LocalStore) and self.store.prefix is not None:
            return Path(self.store.prefix)
        return None

    def list_day(self, day: date) -> list[ArchiveObject]:
        """The day's objects in the order of their keys.

        Raises:
            ArchiveUnreachable: When the archive can't be listed.
        """
        return self.list_days([day])[day]

    def list_days(self, days: Collection[date]) -> dict[date, list[ArchiveObject]]:
        """The objects of each of those days; without dates in keys one listing serves all.

        Raises:
            ArchiveUnreachable: When the archive can't be listed.
        """
        if self.layout:
            errors = self._error_prefixes()
            return {day: self._listed(self._prefixes(day, errors)) for day in days}
        found: dict[date, list[ArchiveObject]] = defaultdict(list)
        for item in self._listed([self.root]):
            found[_modified_on(item)].append(item)
        return {day: found[day] for day in days}

    def days(self) -> list[date]:
        """All days for which the archive has objects, from a listing of everything in it.

        Raises:
            ArchiveUnreachable: When the archive can't be listed.
        """
        items = self._list(self.root)
        if not self.layout:
            return sorted({_modified_on(item) for item in items})
        # The whole prefix is looked up, because a pattern can't be told apart from what follows it.
        errors = self._error_prefixes()
        tomorrow = datetime.now(UTC).date() + timedelta(days=1)
        known = {
            prefix: day
            for day in (tomorrow - timedelta(days=back) for back in range(_SWEPT_DAYS))
            for prefix in self._prefixes(day, errors)
        }
        lengths = {len(prefix) for prefix in known}
        found = {known.get(item.key[:length]) for item in items for length in lengths}
        return sorted(day for day in found if day is not None)

    def _prefixes(self, day: date, errors: Collection[str]) -> list[str]:
        prefixes = [self.root + day.strftime(self.layout)]
        for error in errors:
            prefixes += [error + day.strftime("/%Y/%m/%j/"), error + day.strftime("/%Y/%m/%d/")]
        return prefixes

    def _error_prefixes(self) -> list[str]:
        """Where Firehose puts what it could not process: beside the days, by day of the year."""
        try:
            if self.directory is not None:
                beside = directories.list_directories(self.directory)
            else:
                beside = [*obstore.list_with_delimiter(self.store, self.root)["common_prefixes"]]
        except (BaseError, OSError) as error:
            if odd_keys.is_about_key(error):
                return []
            raise unreachable(f"list {self.url}", error) from error
        return [prefix for prefix in beside if prefix.endswith("-failed")]

    def _listed(self, prefixes: Collection[str]) -> list[ArchiveObject]:
        items = (item for prefix in prefixes for item in self._list(prefix))
        return sorted(items, key=lambda item: item.key)

    def _list(self, prefix: str) -> list[ArchiveObject]:
        # Stores list by whole path segments; a layout may end within one.
        parent = prefix.rpartition("/")[0]
        try:
            if self.directory is not None:
                # Without obstore's etags: an inode changes when a file is copied.
                files = directories.list_files(self.directory, parent)
                items = [ArchiveObject.without_etag(*fields) for fields in files]
            else:
                items = [*_by_store(self.store, parent)]
        except (BaseError, OSError) as error:
            if not isinstance(self.store, S3Store) or not odd_keys.is_about_key(error):
                raise unreachable(f"list {self.url}", error) from error
            listed = odd_keys.list_objects(open_client(self.store), self.url, parent)
            items = [ArchiveObject(*fields) for fields in listed]
        return [item for item in items if item.key.startswith(prefix)]


def open_archive(
    url: str, layout: str, store: ObjectStore | None = None, columnar_memory: int = MEMORY
) -> Archive:
    """The archive at `file:///dir/` or `s3://bucket/prefix/`.

    Args:
        url: Where it is.
        layout: The strftime pattern of a day's sub-prefix, such as `%Y/%m/%d/`, or empty.
        store: Used in place of the one that the URL opens: the whole bucket's, or the directory's.
        columnar_memory: Bytes that the rows of a Parquet or ORC object may take at once.

    Raises:
        ArchiveUnreachable: When the directory doesn't exist or no AWS credentials are found.
    """
    if store is None:
        local = urlsplit(url).scheme == "file"
        if local and not directory(url).is_dir():
            raise ArchiveUnreachable(f"the archive {url} is not a directory: check BWP_ARCHIVE_URL")
        try:
            store = open_store(bucket_url(url))
        except (ValueError, BaseError) as error:
            raise ArchiveUnreachable(f"can't open the archive: {error}") from error
    return Archive(url, layout, store, key_prefix(url), columnar_memory)


def _by_store(store: ObjectStore, parent: str) -> Iterator[ArchiveObject]:
    """What is below a prefix: by one request, or its parts side by side where one is not enough."""
    first = next(obstore.list(store, parent or None, chunk_size=_PAGE), [])
    if len(first) < _PAGE:
        yield from map(_described, first)
        return
    # Each page says where the next begins, so pages can only be fetched one after the other.
    within = obstore.list_with_delimiter(store, parent or None)
    yield from map(_described, within["objects"])
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as threads:
        for part in threads.map(partial(_part, store), within["common_prefixes"]):
            yield from part


def _part(store: ObjectStore, prefix: str) -> list[ArchiveObject]:
    return [_described(meta) for page in obstore.list(store, prefix) for meta in page]


def _described(meta: "ObjectMeta") -> ArchiveObject:
    key, size, modified = meta["path"], meta["size"], meta["last_modified"]
    if etag := meta["e_tag"]:
        return ArchiveObject(key, etag.strip('"'), size, modified)
    return ArchiveObject.without_etag(key, size, modified)


def _modified_on(item: ArchiveObject) -> date:
    return item.last_modified.astimezone(UTC).date()
