"""Keys that obstore can't name: S3 allows empty segments and dots, its paths don't.

Belongs here: listing and reading such keys with boto3, which is slower.
Does not belong here: anything about keys that obstore reads.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bwp_pipeline.archive.errors import unreachable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


_CONTROL = re.compile("[\x00-\x1f\x7f]")


def is_about_key(error: Exception) -> bool:
    """Whether a listing failed at a key that obstore can't express as a path."""
    return "invalid path" in str(error)


def is_odd(key: str) -> bool:
    """Whether obstore can't express the key as a path, or confuses it with another."""
    return not {"", ".", ".."}.isdisjoint(key.split("/")) or _CONTROL.search(key) is not None


def list_objects(
    client: "S3Client", url: str, parent: str
) -> Iterator[tuple[str, str, int, datetime]]:
    """Key, etag, size and time of all objects below `parent`.

    Raises:
        ArchiveUnreachable: When the bucket can't be listed.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as in storage.py

    pages = client.get_paginator("list_objects_v2").paginate(
        Bucket=urlsplit(url).netloc, Prefix=f"{parent}/" if parent else ""
    )
    try:
        for page in pages:
            for item in page.get("Contents", []):
                yield (
                    item["Key"],
                    item["ETag"].strip('"'),
                    item["Size"],
                    item["LastModified"].astimezone(UTC),
                )
    except (ClientError, BotoCoreError) as error:
        raise unreachable(f"list {url}", error) from error


def get_object(client: "S3Client", url: str, key: str, etag: str) -> bytes:
    """The content of an object whose etag is unchanged.

    Raises:
        FileNotFoundError: When it is gone or has been replaced.
        PermissionError: When it is refused.
        ArchiveUnreachable: When reading fails otherwise.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as in storage.py

    try:
        answer = client.get_object(Bucket=urlsplit(url).netloc, Key=key, IfMatch=etag)
        return answer["Body"].read()
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        if status in {404, 412}:
            raise FileNotFoundError(str(error)) from error
        if status == 403:  # noqa: PLR2004 - HTTP's own name for it is a number
            raise PermissionError(str(error)) from error
        raise unreachable(f"read {key} in {url}", error) from error
    except BotoCoreError as error:
        raise unreachable(f"read {key} in {url}", error) from error
