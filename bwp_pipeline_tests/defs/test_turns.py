import logging
import time
from pathlib import Path
from threading import Thread

import pytest

from bwp_pipeline.defs import turns
from bwp_pipeline.defs.turns import TurnError, turn


def test_the_second_waits_and_says_for_what_and_how_long(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    order: list[str] = []

    def second() -> None:
        with turn(tmp_path / "a.lock", "its turn at the lake"):
            order.append("second")

    with caplog.at_level(logging.WARNING), turn(tmp_path / "a.lock", "its turn at the lake"):
        thread = Thread(target=second)
        thread.start()
        while not caplog.messages:
            time.sleep(0.01)
        order.append("first")
    thread.join()

    assert order == ["first", "second"]
    assert "waiting for its turn at the lake" in caplog.messages[0]
    assert "at most 12 hours" in caplog.messages[0]


def test_who_waits_too_long_ends_with_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "LONGEST_HOURS", 1e-5)
    with (
        turn(tmp_path / "a.lock", "the lake"),
        pytest.raises(TurnError, match=r"another run has held the lake .* run again"),
        turn(tmp_path / "a.lock", "the lake"),
    ):
        pass
