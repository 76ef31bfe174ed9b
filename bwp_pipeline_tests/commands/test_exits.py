"""How a command ends when something goes wrong: with one line, or as a fault to report."""

import errno
import sqlite3

import pytest

from bwp_pipeline.commands.exits import Exit, ending


def fail(cause: Exception) -> None:
    between = ValueError("between")
    between.__context__ = cause
    raise RuntimeError("a library's words") from between


@pytest.mark.parametrize(
    ("cause", "line"),
    [
        (
            sqlite3.OperationalError("database or disk is full"),
            "Dagster's records (DAGSTER_HOME) can't be written: database or disk is full",
        ),
        (OSError(errno.ENOSPC, "No space left on device", "/d/x"), "/d/x: No space left on device"),
        (OSError(errno.EMFILE, "Too many open files"), "Too many open files"),
    ],
)
def test_what_the_machine_refused_to_a_library_is_one_line(
    cause: Exception, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with ending() as end:
        fail(cause)
    assert end.code == Exit.FAILED
    assert capsys.readouterr().err == f"bwp: {line}\n"


def test_a_fault_of_the_program_is_not_hidden_by_a_file_that_was_missing() -> None:
    with pytest.raises(RuntimeError, match="a library's words"), ending():
        fail(FileNotFoundError(errno.ENOENT, "No such file", "x"))
