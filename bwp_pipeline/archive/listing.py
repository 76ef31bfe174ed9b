"""Which objects an archive holds, by archive day.

Belongs here: the archive's address, its layout of days, listing, and what to do when the place
itself can't be reached.
Does not belong here: what objects contain.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore

from bwp_pipeline.storage import directory, open_store


class ArchiveUnreachable(Exception):  # noqa: N818 - the name says what is wrong
    """The archive itself can't be listed or read; the text says what was tried and what to do."""


@dataclass(frozen=True, slots=True)
class ArchiveObject:
    """One object as the archive lists it; key and etag identify its content.

    `key` is relative to the archive's URL, `size` is in bytes.
    """

    key: str
    etag: str
    size: int
    last_modified: datetime


@dataclass(frozen=True, slots=True)
class Archive:
    """The archive below a URL.

    `layout` is the strftime pattern of a day's sub-prefix. When it is empty, an object belongs to
    the UTC day of its LastModified.
    """

    url: str
    layout: str
    store: ObjectStore

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
            return {day: self._sorted(day.strftime(self.layout)) for day in days}
        found: dict[date, list[ArchiveObject]] = defaultdict(list)
        for item in self._sorted(""):
            found[item.last_modified.astimezone(UTC).date()].append(item)
        return {day: found[day] for day in days}

    def _sorted(self, prefix: str) -> list[ArchiveObject]:
        return sorted(self._list(prefix), key=lambda item: item.key)

    def _list(self, prefix: str) -> Iterator[ArchiveObject]:
        # Stores list by whole path segments; a layout may end within one.
        parent = prefix.rpartition("/")[0]
        local = isinstance(self.store, LocalStore)
        try:
            for page in obstore.list(self.store, parent or None):
                for meta in page:
                    if meta["path"].startswith(prefix):
                        modified = meta["last_modified"]
                        # A file's inode, part of the store's etag, changes when it is copied.
                        stamp = f"{meta['size']:x}-{round(modified.timestamp() * 1e6):x}"
                        etag = stamp if local else (meta["e_tag"] or stamp).strip('"')
                        yield ArchiveObject(meta["path"], etag, meta["size"], modified)
        except (BaseError, OSError) as error:
            raise unreachable(f"list {self.url}", error) from error


def open_archive(url: str, layout: str, store: ObjectStore | None = None) -> Archive:
    """The archive at `file:///dir/` or `s3://bucket/prefix/`.

    Args:
        url: Where it is.
        layout: The strftime pattern of a day's sub-prefix, such as `%Y/%m/%d/`, or empty.
        store: Used in place of the one that the URL opens.

    Raises:
        ArchiveUnreachable: When the directory doesn't exist or no AWS credentials are found.
    """
    if store is None:
        if urlsplit(url).scheme == "file" and not directory(url).is_dir():
            raise ArchiveUnreachable(f"the archive {url} is not a directory: check BWP_ARCHIVE_URL")
        try:
            store = open_store(url)
        except (ValueError, BaseError) as error:
            raise ArchiveUnreachable(f"can't open the archive: {error}") from error
    return Archive(url, layout, store)


def unreachable(attempt: str, error: Exception) -> ArchiveUnreachable:
    """The one-line error for a failed attempt at the archive, with what to do about it."""
    text = " ".join(str(error).split())
    return ArchiveUnreachable(f"can't {attempt}: {remedy(error)} ({text[:500]})")


def remedy(error: Exception) -> str:
    """What to do about an error of the store, in words for whoever runs the pipeline."""
    text = str(error)
    known = (advice for sign, advice in _REMEDIES if sign in text)
    return next(known, "check BWP_ARCHIVE_URL, AWS_ENDPOINT_URL_S3 and the network")


_REMEDIES = (
    ("NoSuchBucket", "the bucket does not exist: check BWP_ARCHIVE_URL"),
    ("InvalidAccessKeyId", "the access key is unknown: check the AWS credentials"),
    ("SignatureDoesNotMatch", "the secret key is wrong: check the AWS credentials"),
    ("ExpiredToken", "the AWS credentials have expired: renew them"),
    ("kms:", "decryption is denied: allow kms:Decrypt on the bucket's key"),
    ("KMS.", "decryption is denied: allow kms:Decrypt on the bucket's key, and enable the key"),
    ("equester", "the requester pays: set AWS_REQUEST_PAYER=requester"),
    ("PermanentRedirect", "the bucket is in another region: set AWS_REGION"),
    ("AuthorizationHeaderMalformed", "the bucket is in another region: set AWS_REGION"),
    (
        "AccessDenied",
        "access is denied: allow s3:ListBucket and s3:GetObject; for another account's bucket"  # noqa: ISC004
        " in its policy too; if the requester pays, set AWS_REQUEST_PAYER=requester",
    ),
    ("403", "access is denied: allow s3:ListBucket and s3:GetObject"),
    ("SlowDown", "the endpoint throttles: run again later"),
)
