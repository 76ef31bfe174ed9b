"""A damaged warehouse is built again from the lake, with one line; other errors are as they are."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from bwp_pipeline.warehouse.damage import built_soundly
from bwp_pipeline.warehouse.loading import marts_path

ROWS = 200_000


class Built:
    """A warehouse of one table each, whose building goes on where it can."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "warehouse.duckdb"
        self.said: list[str] = []

    def build(self) -> None:
        for path in (self.path, marts_path(self.path)):
            with duckdb.connect(str(path)) as connection:
                connection.execute(
                    "create table if not exists t as"
                    " select range as n, hash(range)::varchar as s from range(200000)"
                )
                connection.execute("select sum(n) from t")

    def soundly(self) -> None:
        built_soundly(self.path, self.build, self.said.append)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    it = Built(tmp_path_factory.mktemp("sound"))
    it.soundly()
    assert it.said == []
    return it.path.parent


@pytest.fixture
def built(sound: Path, tmp_path: Path) -> Built:
    return Built(shutil.copytree(sound, tmp_path / "copy"))


def flipped(at: int) -> Callable[[bytes], bytes]:
    return lambda data: data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda data: data[:-9],
        lambda data: data[: len(data) // 2],
        lambda data: bytes(len(data)),
        lambda data: data[: len(data) // 2] + bytes(len(data) - len(data) // 2),
        lambda data: os.urandom(len(data)),
        flipped(5_000),
        flipped(13_000),
        flipped(600_000),
    ],
    ids=["empty", "cut", "half", "zeroed", "half-zeroed", "noise", "head", "first", "deep"],
)
def test_damaged_marts_are_built_again(built: Built, damage: Callable[[bytes], bytes]) -> None:
    marts = marts_path(built.path)
    marts.write_bytes(damage(marts.read_bytes()))

    built.soundly()

    (line,) = built.said
    assert "is damaged and is built again from the lake" in line
    with duckdb.connect(str(marts), read_only=True) as connection:
        assert connection.execute("select count(*), sum(n) from t").fetchall() == [
            (ROWS, ROWS * (ROWS - 1) // 2)
        ]


def test_a_damaged_warehouse_or_its_log_is_built_again(built: Built) -> None:
    built.path.write_bytes(built.path.read_bytes()[:99])
    built.soundly()
    assert len(built.said) == 1


def test_another_error_throws_nothing_away(built: Built) -> None:
    before = built.path.read_bytes()

    def fail() -> None:
        raise duckdb.IOException("IO Error: Could not set lock on file")

    with pytest.raises(duckdb.IOException, match="Could not set lock"):
        built_soundly(built.path, fail, built.said.append)
    assert built.path.read_bytes() == before
    assert built.said == []
