"""Secrets that are known again wherever they land, and the search for them in what was left.

Belongs here: the secrets, the forms that one may take, reading every kind of file that may hold
one. Does not belong here: what is run with these secrets, and what goes wrong meanwhile.
"""

import base64
import io
import sqlite3
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

WORDS = ("canary", "sandbox-secret", "sandbox-token")
"""Every secret of ours has the first in it; those of the sandbox have one of the others."""

NOBODY = "127.0.0.1:9"
"""Where nobody listens."""

CREDENTIALS = {"BWP_CLIENT_ID": "canary-client-id", "BWP_CLIENT_SECRET": "canary-client-secret"}

_ZLIB = (b"\x78\x01", b"\x78\x9c", b"\x78\xda")
_GZIP_OR_ZLIB = 47
_CLOSED = (
    duckdb.Error, sqlite3.Error, pa.ArrowException, zipfile.BadZipFile, zlib.error, OSError,
)  # fmt: skip


def secret_settings(mail: str = NOBODY, posts: str = f"http://{NOBODY}") -> dict[str, str]:
    """Every setting that is a secret or holds one, but the credentials of the API.

    Args:
        mail: Host and port of the mail server.
        posts: Where Slack and the dead man's switch are.
    """
    return {
        "BWP_API_HEADERS": '{"x-api-key": "canary-api-key"}',
        "BWP_SMTP_URL": f"smtp://canary-user:canary-pass%23canary-w%C3%B6rd@{mail}",
        "BWP_MAIL_FROM": "reports@example.com",
        "BWP_MAIL_TO": "ann@example.com",
        "BWP_SLACK_WEBHOOK": f"{posts}/services/canary-webhook",
        "BWP_PING_URL": f"{posts}/canary-ping",
        "BWP_SERVE_AUTH": "ann:canary-serve",
        "AWS_ACCESS_KEY_ID": "canary-aws-id",
        "AWS_SECRET_ACCESS_KEY": "canary-aws-secret",
        "AWS_SESSION_TOKEN": "canary-aws-token",
    }


def reveals(content: bytes | str) -> bool:
    """Whether a secret stands in it in any form."""
    if isinstance(content, str):
        content = content.encode("utf-8", "surrogatepass")
    return any(form in content for form in _FORMS)


@dataclass
class Search:
    """What was found: `looked_into` counts files, what is packed in them, and tables.

    `found` names those that hold a secret, `closed` those of a known form that can't be read as
    such: only their bytes were looked at.
    """

    looked_into: int = 0
    found: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)

    def of(self, place: Path, given: Collection[Path] = ()) -> "Search":
        """Search a file or all below a directory, without the files where secrets were `given`."""
        for path in (place, *sorted(place.rglob("*"))):
            if path.is_file() and path not in given:
                name = str(path)
                self._look(f"the name of {name}", str(path.relative_to(place.parent)).encode())
                self._open(name, path.read_bytes(), path)
        return self

    def __str__(self) -> str:
        places = f"{self.looked_into} files, packed ones and tables"
        unread = f", {len(self.closed)} of them damaged" if self.closed else ""
        return f"{len(self.found)} of {places}{unread} hold a secret {self.found[:5] or ''}".strip()

    def _look(self, name: str, content: bytes) -> None:
        self.looked_into += 1
        if reveals(content):
            self.found.append(name)

    def _open(self, name: str, content: bytes, path: Path | None = None) -> None:
        """Look at the bytes, and then at what they are packed from."""
        self._look(name, content)
        try:
            for inner, unpacked in _packed(content, path):
                self._open(f"{name}/{inner}", unpacked)
        except _CLOSED:
            self.closed.append(name)


def _packed(content: bytes, path: Path | None) -> Iterator[tuple[str, bytes]]:
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield name, archive.read(name)
    elif content.startswith((b"\x1f\x8b", *_ZLIB)):
        yield "inflated", zlib.decompress(content, _GZIP_OR_ZLIB)
    elif content.startswith(b"\x28\xb5\x2f\xfd"):
        yield "inflated", pa.CompressedInputStream(pa.BufferReader(content), "zstd").read()
    elif content.startswith(b"PAR1"):
        table = pq.ParquetFile(pa.BufferReader(content)).read()
        for column in table.column_names:
            yield column, _text(table[column].to_pylist())
    elif content[8:12] == b"DUCK" and path is not None:
        yield from _tables(path)
    elif content.startswith(b"SQLite format 3\0") and path is not None:
        yield from _rows(path)


def _tables(path: Path) -> Iterator[tuple[str, bytes]]:
    """What DuckDB's tables hold: their pages are compressed."""
    with duckdb.connect(str(path), read_only=True) as connection:
        names = connection.execute(
            'select format(\'"{}"."{}"\', schema_name, table_name) from duckdb_tables()'
        ).fetchall()
        for (name,) in names:
            yield name, _text(connection.execute(f"from {name}").fetchall())


def _rows(path: Path) -> Iterator[tuple[str, bytes]]:
    """What SQLite's tables hold: a long text lies in several pages, and Dagster packs some."""
    with closing(sqlite3.connect(path)) as connection:
        connection.text_factory = bytes
        names = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
        for (name,) in names:
            table = name.decode()
            query = f'select * from "{table}"'  # noqa: S608 -- the file's own names
            rows = connection.execute(query).fetchall()
            values = [value for row in rows for value in row if isinstance(value, bytes)]
            yield table, b"\n".join([b"", *values])
            yield from ((table, value) for value in values if value.startswith(_ZLIB))


def _text(values: object) -> bytes:
    return repr(values).encode("utf-8", "surrogatepass")


def _forms(word: str) -> Iterator[bytes]:
    plain = word.encode()
    yield plain
    # Without the last NUL it stands in either order of bytes.
    yield word.encode("utf-16-le")[:-1]
    yield plain.hex().encode()
    yield "".join(f"%{byte:02X}" for byte in plain).encode()
    for before in range(3):
        # The first and last characters may have bits of what stands beside the word.
        first, end = -(-before * 8 // 6), (before + len(plain)) * 8 // 6
        yield base64.b64encode(bytes(before) + plain)[first:end]


_FORMS = tuple(sorted({form for word in WORDS for form in _forms(word)}))
