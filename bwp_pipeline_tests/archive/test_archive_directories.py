"""An archive in a directory: names, links and pipes that kept other files from being read."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bwp_pipeline.archive import ArchiveUnreachable
from bwp_pipeline_tests.examples.archive_place import PREFIX, Place
from bwp_pipeline_tests.examples.archive_samples import event, text

_NAMES = ("a\nb", "a\x01b", "a\x7fb", "a\udcffb", "a\\xffb", "#1", "a#22", "ä", "%41", "a b")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    place = Place(tmp_path)
    place.put("good", text(event(99)))
    return place


def folder(tmp_path: Path) -> Path:
    return tmp_path / "archive" / PREFIX


def test_a_file_of_any_name_is_read(place: Place, tmp_path: Path) -> None:
    for number, name in enumerate(_NAMES):
        (folder(tmp_path) / name).write_bytes(text(event(number)))
    odd = folder(tmp_path) / "d\udcff\n"
    odd.mkdir()
    (odd / "in it").write_bytes(text(event(98)))

    assert place.ingest() == (len(_NAMES) + 2, 0, 0)
    assert place.ingest() == (0, 0, 0)


@pytest.mark.parametrize(
    "lay",
    [
        lambda path: path.symlink_to("nowhere"),
        lambda path: path.symlink_to(path.name),
        lambda path: path.symlink_to(".."),
        lambda path: path.symlink_to(path.parents[4]),
        os.mkfifo,
        Path.mkdir,
    ],
    ids=["a link to nothing", "to itself", "up", "to the archive", "a pipe", "a directory"],
)
def test_what_is_no_file_keeps_no_other_from_being_read(
    place: Place, tmp_path: Path, lay: Callable[[Path], None]
) -> None:
    lay(folder(tmp_path) / "odd")
    (folder(tmp_path) / "z").write_bytes(text(event(1)))

    assert place.ingest() == (2, 0, 0)


def test_files_behind_links_are_read(place: Place, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a").write_bytes(text(event(1)))
    (folder(tmp_path) / "directory").symlink_to(elsewhere)
    (folder(tmp_path) / "file").symlink_to(elsewhere / "a")

    assert place.ingest() == (3, 0, 0)


def test_an_archive_that_goes_away_is_no_empty_one(place: Place, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "archive")

    with pytest.raises(ArchiveUnreachable, match="can't list"):
        place.ingest()
