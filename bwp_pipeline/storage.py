"""Places that a URL names: a directory or a prefix of an S3 bucket, as an obstore store.

Belongs here: turning `file://` and `s3://` URLs, and AWS settings, into a store; writing to it so
that a file is whole, and stays, once it is named.
Does not belong here: what is kept in the place.
"""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EINVAL
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from bwp_pipeline import directories

if TYPE_CHECKING:
    import boto3
    from mypy_boto3_s3 import S3Client
    from obstore import ObjectMeta
    from obstore.store import S3Config


def open_store(
    url: str, session: "boto3.Session | None" = None, client: "S3Client | None" = None
) -> ObjectStore:
    """The store below a `file:///dir/` or `s3://bucket/prefix/` URL.

    A directory that doesn't exist is made on the first write. For S3 the `AWS_*` variables hold
    (region, endpoint, requester pays); credentials come from `session`, by default from wherever
    any AWS tool finds them, region and endpoint from `client` where it is given.

    Raises:
        ValueError: For another scheme, or a bucket URL without credentials.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return LocalStore(directory(url), mkdir=True)
    if parts.scheme != "s3" or not parts.netloc:
        raise ValueError(f"neither file:///dir/ nor s3://bucket/prefix/: {url}")
    # Its import takes a tenth of a second, which a process that is given its stores can save.
    import boto3  # noqa: PLC0415
    from obstore.auth.boto3 import Boto3CredentialProvider  # noqa: PLC0415

    session = session or boto3.Session()
    if session.get_credentials() is None:
        raise ValueError(f"no AWS credentials found for {url}: set AWS_ACCESS_KEY_ID or a profile")
    place: S3Config = {}
    if client is not None:
        place = {"endpoint": client.meta.endpoint_url, "region": client.meta.region_name}
    return S3Store(
        parts.netloc,
        prefix=key_prefix(url).rstrip("/") or None,
        virtual_hosted_style_request=False,
        credential_provider=Boto3CredentialProvider(session),
        client_options={"allow_http": True},
        config=place,
    )


def key_prefix(url: str) -> str:
    """How the keys below a `s3://bucket/prefix/` URL begin; empty for a directory's."""
    if urlsplit(url).scheme != "s3":
        return ""
    # It is taken literally: `#`, `?` and `%` are characters of keys.
    prefix = url.removeprefix("s3://").partition("/")[2].strip("/")
    return f"{prefix}/" if prefix else ""


def bucket_url(url: str) -> str:
    """The whole bucket of a `s3://bucket/prefix/` URL; a directory's URL as it is."""
    parts = urlsplit(url)
    return f"s3://{parts.netloc}/" if parts.scheme == "s3" else url


def open_client(store: S3Store) -> "S3Client":
    """A client for what obstore can't express, with the current credentials."""
    import boto3  # noqa: PLC0415 - as in `open_store`
    from botocore.config import Config  # noqa: PLC0415

    place = _with_credentials(store)
    # The default session is not for threads.
    return boto3.Session().client(
        "s3",
        endpoint_url=place.get("endpoint"),
        region_name=place.get("region"),
        aws_access_key_id=place.get("access_key_id"),
        aws_secret_access_key=place.get("secret_access_key"),
        aws_session_token=place.get("session_token"),
        config=Config(request_checksum_calculation="when_required"),
    )


def portable(store: ObjectStore) -> ObjectStore:
    """The same place, in a form that another process can open: with the current credentials."""
    from obstore.auth.boto3 import Boto3CredentialProvider  # noqa: PLC0415 - as in `open_store`

    if not isinstance(store, S3Store) or not isinstance(
        store.credential_provider, Boto3CredentialProvider
    ):
        return store
    return S3Store(
        config=_with_credentials(store),
        prefix=store.prefix,
        client_options=store.client_options,
        retry_config=store.retry_config,
    )


def _with_credentials(store: S3Store) -> "S3Config":
    """The store's settings and, where boto3 provides them, the current credentials."""
    from obstore.auth.boto3 import Boto3CredentialProvider  # noqa: PLC0415 - as in `open_store`

    config: S3Config = {**store.config}
    if isinstance(store.credential_provider, Boto3CredentialProvider):
        credentials = store.credential_provider()
        config["access_key_id"] = credentials["access_key_id"]
        config["secret_access_key"] = credentials["secret_access_key"]
        if (token := credentials.get("token")) is not None:
            config["session_token"] = token
    return config


def list_files(store: ObjectStore, prefix: str) -> list["ObjectMeta"]:
    """What lies below a prefix; on a disk without names that no file of ours has."""
    try:
        return [meta for page in obstore.list(store, prefix) for meta in page]
    except BaseError:
        if not isinstance(store, LocalStore) or store.prefix is None:
            raise
        # Other programs have left such a name, or a link that leads in a circle.
        keys = (key for key, _, _ in directories.list_files(Path(store.prefix), prefix))
        return [obstore.head(store, key) for key in keys if not directories.is_odd(key)]


UNFINISHED = ".writing"
"""The directory of a local store where files lie until they are whole."""


def write_whole(store: ObjectStore, path: str, content: bytes, *, replace: bool = True) -> bool:
    """Write a file whole or not at all; only its owner may read it.

    Once this returns it survives a loss of power: on a disk, file and directories are synced.

    Args:
        store: Where to write.
        path: The file's path in the store.
        content: All of it.
        replace: Whether a file of that path is replaced.

    Returns:
        Whether it was written: False if one exists that must not be replaced.
    """
    if isinstance(store, LocalStore) and store.prefix is not None:
        return _write_to_disk(Path(store.prefix), path, content, replace=replace)
    try:
        if replace:
            obstore.put(store, path, content)
        else:
            # A multipart upload would ignore the condition.
            obstore.put(store, path, content, mode="create", use_multipart=False)
    except AlreadyExistsError:
        return False
    return True


def plain_file(path: Path) -> Path:
    """The path of a file to read; a pipe or a device is none, for it may have no end.

    Raises:
        OSError: When it is something else than a file; not when nothing is there.
    """
    if path.exists() and not path.is_file():
        raise OSError(EINVAL, "it is not a file", str(path))
    return path


def write_beside(path: Path, content: bytes) -> None:
    """Write a file beside the data in place of the one before; only its owner may read it."""
    path.parent.stat()  # a data directory that is away is not made anew
    _write_to_disk(path.parent, path.name, content, replace=True)


@contextmanager
def files_of_our_own() -> Iterator[None]:
    """Meanwhile only their owner may read the files that this process makes."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def _write_to_disk(root: Path, path: str, content: bytes, *, replace: bool) -> bool:
    target = root / path
    unfinished = root / UNFINISHED / uuid.uuid4().hex
    _make_directory(unfinished.parent)
    _make_directory(target.parent)
    number = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(number, "wb") as file:  # noqa: PTH123 - it is open already
            file.write(content)
            file.flush()
            os.fsync(number)
        if replace:
            unfinished.replace(target)
        else:
            target.hardlink_to(unfinished)
    except FileExistsError:
        return False
    finally:
        unfinished.unlink(missing_ok=True)
    _sync_directory(target.parent)
    return True


def _make_directory(path: Path) -> None:
    """Make a directory that only its owner may enter, and those above it, durably."""
    if path.is_dir():
        return
    _make_directory(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    _sync_directory(path.parent)


def _sync_directory(path: Path) -> None:
    number = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def directory(url: str) -> Path:
    """The directory that a `file://` URL names."""
    return Path(unquote(urlsplit(url).path))
