"""The search for secrets finds one wherever it lies, in whatever form."""

import base64
import gzip
import sqlite3
import zipfile
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bwp_pipeline_tests.whole.canaries import WORDS, Search, reveals

SECRET = "canary-aws-secret"


def parquet(path: Path) -> None:
    # A column of one value over and over, which no search of the bytes would find.
    pq.write_table(pa.table({"a": [f"{n} {SECRET}" for n in range(999)]}), path, compression="zstd")


def warehouse(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema s")
        connection.execute("create table s.t as select i || ? as a from range(99) r(i)", [SECRET])


def records(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("create table t (a blob)")
        connection.execute("insert into t values (?)", [zlib.compress(SECRET.encode())])


def workbook(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sheet.xml", SECRET * 50)


PLANTED: dict[str, Callable[[Path], object]] = {
    "plain": lambda path: path.write_text(f"a {SECRET}"),
    "the name of a file": lambda path: path.with_name(SECRET).touch(),
    "gzip": lambda path: path.write_bytes(gzip.compress(SECRET.encode() * 50)),
    "zstd": lambda path: path.write_bytes(pa.compress(SECRET.encode() * 50, "zstd", asbytes=True)),
    "workbook": workbook,
    "parquet": parquet,
    "warehouse": warehouse,
    "records": records,
}


@pytest.mark.parametrize("plant", PLANTED.values(), ids=PLANTED)
def test_a_secret_is_found_wherever_it_was_planted(
    tmp_path: Path, plant: Callable[[Path], object]
) -> None:
    (tmp_path / "other").write_bytes(b"nothing")
    assert Search().of(tmp_path).found == []

    plant(tmp_path / "planted")

    search = Search().of(tmp_path)
    assert search.found
    assert search.closed == []
    assert "hold a secret [" in str(search)
    assert Search().of(tmp_path, given=set(tmp_path.iterdir())).found == []


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("before", ["", "a", "ab"])
def test_a_secret_is_known_in_every_encoding(word: str, before: str) -> None:
    text = f"{before}{word}-1"
    assert reveals(text)
    assert reveals(text.encode("utf-16-le"))
    assert reveals(text.encode("utf-16-be"))
    assert reveals(base64.b64encode(text.encode()))
    assert reveals(text.encode().hex())
    assert reveals("".join(f"%{byte:02X}" for byte in text.encode()))
    assert reveals(quote(text))
    assert not reveals(text[:-4])


def test_what_is_damaged_is_searched_as_it_is_and_told(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1 cut")
    (tmp_path / "b.parquet").write_bytes(b"PAR1 " + SECRET.encode())

    search = Search().of(tmp_path)

    assert [Path(name).name for name in search.closed] == ["a.parquet", "b.parquet"]
    assert [Path(name).name for name in search.found] == ["b.parquet"]
