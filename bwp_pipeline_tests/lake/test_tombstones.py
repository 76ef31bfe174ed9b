"""Which orders were erased is known though a file of their ids is damaged, or nothing is read."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bwp_pipeline.erasure import bury
from bwp_pipeline.lake import Lake
from bwp_pipeline.lake.tombstones import TombstonesDamagedError

NOW = datetime(2026, 3, 15, tzinfo=UTC)


def lake_of(tmp_path: Path) -> Lake:
    return Lake(f"{tmp_path.as_uri()}/")


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 0xFF
    path.write_bytes(content)


@pytest.mark.parametrize("damaged", [0, 1])
def test_either_of_both_files_replaces_the_damaged_other(tmp_path: Path, damaged: int) -> None:
    bury(lake_of(tmp_path), {"322-GONE"}, NOW)
    files = sorted(tmp_path.rglob("*.parquet"))
    sound = [path.read_bytes() for path in files]
    flipped(files[damaged])

    assert lake_of(tmp_path).erased == {"322-GONE"}
    assert [path.read_bytes() for path in files] == sound


def test_a_lost_copy_is_not_missed(tmp_path: Path) -> None:
    bury(lake_of(tmp_path), {"322-GONE"}, NOW)
    max(tmp_path.rglob("*.parquet")).unlink()
    assert lake_of(tmp_path).erased == {"322-GONE"}


def test_where_both_are_damaged_one_line_says_what_to_do(tmp_path: Path) -> None:
    bury(lake_of(tmp_path), {"322-GONE"}, NOW)
    for path in tmp_path.rglob("*.parquet"):
        flipped(path)
    with pytest.raises(TombstonesDamagedError, match="`bwp forget` again with these orders' ids"):
        _ = lake_of(tmp_path).erased
