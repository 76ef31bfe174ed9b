"""The archive on S3, over HTTP: a real endpoint, and one that answers with S3's errors."""

import gzip
import os
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from moto.s3.models import s3_backends

from bwp_pipeline.archive import Archive, ArchiveUnreachable, ingest_days, open_archive
from bwp_pipeline.lake import Lake
from bwp_pipeline_tests.examples.archive_samples import event, text, with_a_worker
from bwp_pipeline_tests.servers.s3_server import s3_server

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

DAY = date(2026, 11, 19)
ACCOUNT = "123456789012"


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with s3_server() as url:
        yield url


@pytest.fixture
def bucket(endpoint: str, aws: None, monkeypatch: pytest.MonkeyPatch) -> "S3Client":
    del aws
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", endpoint)
    client = boto3.client("s3")
    s3_backends[ACCOUNT]["aws"].reset()
    client.create_bucket(Bucket="archive")
    return client


def ingest(archive: Archive, tmp_path: Path) -> tuple[tuple[int, int, int], Lake]:
    lake = Lake(f"file://{tmp_path}/lake/")
    (counts,) = ingest_days(archive, lake, [DAY], "run-1")
    return (counts.events, counts.others.total(), counts.quarantined), lake


def test_more_than_a_page_of_keys_is_read(bucket: "S3Client", tmp_path: Path) -> None:
    bucket.put_object(Bucket="archive", Key="in/2026/11/19/first", Body=text(event(0)))
    held = s3_backends[ACCOUNT]["aws"]
    for number in range(1, 1_005):
        held.put_object("archive", f"in/2026/11/19/{number}", text(event(number)))
    counts, _ = ingest(open_archive("s3://archive/in/", "%Y/%m/%d/"), tmp_path)
    assert counts == (1_005, 0, 0)


def test_a_long_listing_is_taken_part_by_part_and_misses_nothing(
    bucket: "S3Client", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bwp_pipeline.archive.objects.listing._PAGE", 5)
    keys = ["00/", "00/a", "00/b", "00/deeper/c", "01/", "01/d", "e", "f", "02/g"]
    for number, key in enumerate(keys):
        content = b"" if key.endswith("/") else text(event(number))
        bucket.put_object(Bucket="archive", Key=f"in/2026/11/19/{key}", Body=content)
    counts, _ = ingest(open_archive("s3://archive/in/", "%Y/%m/%d/"), tmp_path)
    assert counts == (7, 2, 0)


ODD = ["a b", "a+b", "a=b:c", "ü", "%41", "a#b?c", "//a", "./a", "../a", "a\tb", "~a", "a*b'(c)"]


def test_keys_may_hold_any_characters(bucket: "S3Client", tmp_path: Path) -> None:
    for number, name in enumerate(ODD):
        body = text(event(number))
        bucket.put_object(Bucket="archive", Key=f"an odd+%41 prefix/2026/11/19/{name}", Body=body)
    bucket.put_object(Bucket="archive", Key="an odd+%41 prefix/2026/11/19/folder/", Body=b"")
    counts, lake = ingest(open_archive("s3://archive/an odd+%41 prefix/", "%Y/%m/%d/"), tmp_path)
    assert counts == (len(ODD), 1, 0)
    keys = lake.read("events")["object_key"].to_pylist()
    assert sorted(keys) == sorted(f"an odd+%41 prefix/2026/11/19/{name}" for name in ODD)


def test_a_folder_marker_is_no_object_that_is_missing(bucket: "S3Client", tmp_path: Path) -> None:
    bucket.put_object(Bucket="archive", Key="2026/11/19/folder/", Body=b"")
    counts, lake = ingest(open_archive("s3://archive/", "%Y/%m/%d/"), tmp_path)
    assert counts == (0, 1, 0)
    assert lake.read("objects")["events"].to_pylist() == [0]


def test_a_large_object_is_read_in_parts(
    bucket: "S3Client", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bwp_pipeline.archive.objects.fetching.LARGE", 1_000)
    body = gzip.compress(text(*map(event, range(500))))
    bucket.put_object(Bucket="archive", Key="2026/11/19/a", Body=body)
    counts, _ = ingest(open_archive("s3://archive/", "%Y/%m/%d/"), tmp_path)
    assert counts == (500, 0, 0)


def test_the_newest_version_of_a_versioned_object_is_read(
    bucket: "S3Client", tmp_path: Path
) -> None:
    bucket.put_bucket_versioning(Bucket="archive", VersioningConfiguration={"Status": "Enabled"})
    for number in range(2):
        bucket.put_object(Bucket="archive", Key="2026/11/19/a", Body=text(event(number)))
    _, lake = ingest(open_archive("s3://archive/", "%Y/%m/%d/"), tmp_path)
    assert lake.read("events")["event_id"].to_pylist() == ["event-1"]


def test_the_lake_lies_on_s3_too(bucket: "S3Client", tmp_path: Path) -> None:
    bucket.put_object(Bucket="archive", Key="in/2026/11/19/a", Body=text(event(1)))
    lake = Lake("s3://archive/lake/", cache=tmp_path)
    ingest_days(open_archive("s3://archive/in/", "%Y/%m/%d/"), lake, [DAY], "run-1")
    assert lake.read("events")["event_id"].to_pylist() == ["event-1"]
    assert lake.days("objects") == [DAY]
    assert all(path.is_file() for path in lake.local(lake.files("events")))


@pytest.mark.usefixtures("bucket")
def test_a_bucket_that_does_not_exist_is_named() -> None:
    with pytest.raises(ArchiveUnreachable, match="s3://nowhere/: the bucket does not exist"):
        open_archive("s3://nowhere/", "%Y/%m/%d/").list_day(DAY)


class Troubled(ThreadingHTTPServer):
    """An endpoint with two objects whose answers to a GET are given by test."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.answers: dict[str, list[tuple[int, str]]] = {"a": [], "b": []}
        self.listing: list[tuple[int, str]] = []
        self.requests: list[str] = []


class Answers(BaseHTTPRequestHandler):
    server: Troubled

    def do_GET(self) -> None:
        name = self.path.partition("?")[0].rpartition("/")[2]
        listing = "list-type" in self.path
        self.server.requests.append("list" if listing else name)
        troubles = self.server.listing if listing else self.server.answers[name]
        if troubles:
            status, code = troubles.pop(0)
            body = f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode()
        elif listing:
            status, body = 200, self._listing()
        else:
            status, body = 200, text(event(ord(name)))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"e"')
        self.send_header("Last-Modified", "Thu, 19 Nov 2026 04:05:06 GMT")
        self.end_headers()
        self.wfile.write(body)

    def _listing(self) -> bytes:
        if "delimiter" in self.path:
            return b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"
        items = "".join(
            f"<Contents><Key>2026/11/19/{name}</Key><Size>9</Size><ETag>&quot;e&quot;</ETag>"
            "<LastModified>2026-11-19T04:05:06.000Z</LastModified></Contents>"
            for name in self.server.answers
        )
        return (
            f"<ListBucketResult><IsTruncated>false</IsTruncated>{items}</ListBucketResult>".encode()
        )

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def troubled(monkeypatch: pytest.MonkeyPatch) -> Iterator[Troubled]:
    with Troubled() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{server.server_port}")
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("status", "code"), [(404, "NoSuchKey"), (412, "PreconditionFailed")])
def test_an_object_gone_or_replaced_after_the_listing_waits_for_the_next(
    troubled: Troubled, tmp_path: Path, status: int, code: str
) -> None:
    troubled.answers["a"] = [(status, code)]
    archive = open_archive("s3://archive/", "%Y/%m/%d/")
    assert ingest(archive, tmp_path)[0] == (1, 0, 0)
    assert ingest(archive, tmp_path)[0] == (1, 0, 0)
    assert ingest(archive, tmp_path)[0] == (0, 0, 0)


def test_throttling_is_waited_out(troubled: Troubled, tmp_path: Path) -> None:
    troubled.answers["a"] = [(503, "SlowDown"), (429, "TooManyRequests"), (500, "InternalError")]
    troubled.listing = [(503, "SlowDown")]
    archive = open_archive("s3://archive/", "%Y/%m/%d/")
    assert ingest(archive, tmp_path)[0] == (2, 0, 0)
    assert troubled.requests.count("a") == 4


def test_an_object_in_an_archived_storage_class_is_quarantined_with_what_to_do(
    troubled: Troubled, tmp_path: Path
) -> None:
    troubled.answers["a"] = [(403, "InvalidObjectState")]
    counts, lake = ingest(open_archive("s3://archive/", "%Y/%m/%d/"), tmp_path)
    assert counts == (1, 0, 1)
    (row,) = lake.read("quarantine").to_pylist()
    assert row["reason"] == "archived_storage_class"
    assert "restore it" in row["error"]


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("AccessDenied", "allow s3:ListBucket and s3:GetObject"),
        ("KMS.DisabledException", "kms:Decrypt"),
    ],
)
def test_one_denied_object_is_quarantined_all_denied_are_an_error(
    troubled: Troubled, tmp_path: Path, code: str, advice: str
) -> None:
    troubled.answers = {"a": [(403, code)] * 2, "b": [(403, code)]}
    archive = open_archive("s3://archive/", "%Y/%m/%d/")
    with pytest.raises(ArchiveUnreachable, match=f"can't read any object.*{advice}"):
        ingest(archive, tmp_path)
    counts, lake = ingest(archive, tmp_path)
    assert counts == (1, 0, 1)
    (row,) = lake.read("quarantine").to_pylist()
    assert row["reason"] == "access_denied"
    assert advice in row["error"]


@pytest.mark.parametrize(
    ("status", "code", "advice"),
    [
        (403, "AccessDenied", "allow s3:ListBucket"),
        (403, "InvalidAccessKeyId", "check the AWS credentials"),
        (400, "ExpiredToken", "renew them"),
        (301, "PermanentRedirect", "set AWS_REGION"),
    ],
)
def test_a_listing_that_is_refused_says_what_to_do(
    troubled: Troubled, status: int, code: str, advice: str
) -> None:
    troubled.listing = [(status, code)] * 3
    with pytest.raises(ArchiveUnreachable, match=advice):
        open_archive("s3://archive/", "%Y/%m/%d/").list_day(DAY)


def test_no_credentials_are_an_error_of_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    with pytest.raises(ArchiveUnreachable, match="no AWS credentials found"):
        open_archive("s3://archive/", "%Y/%m/%d/")


def test_a_worker_reads_odd_keys_too(
    bucket: "S3Client", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_a_worker(monkeypatch)
    monkeypatch.setattr("bwp_pipeline.archive.ingest.batches.BATCH_OBJECTS", 1)
    for number in range(8):
        bucket.put_object(Bucket="archive", Key=f"2026/11/19//{number}", Body=text(event(number)))
    counts, _ = ingest(open_archive("s3://archive/", "%Y/%m/%d/"), tmp_path)
    assert counts == (8, 0, 0)
