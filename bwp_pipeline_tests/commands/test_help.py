"""What `--help` says: to whoever runs a command, in words for them."""

import re

import pytest

from bwp_pipeline.cli import COMMANDS, main


@pytest.mark.parametrize("command", COMMANDS)
def test_help_says_what_a_command_does_and_every_option(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="0"):
        main([command, "--help"])
    words = capsys.readouterr().out
    assert f"usage: bwp {command}" in words
    # The second paragraph, whole sentences that name none of the project's files or rooms.
    about = " ".join(words.split("\n\n")[1].split())
    assert re.fullmatch(r"[A-Z].{20,}\.", about), about
    assert not re.search(r"elong here|`|\.py", words)
    options = re.findall(r"^  (-\S.*|ORDER_ID.*)\n(?!   )", words, re.MULTILINE)
    assert [option for option in options if not re.search(r"\S  +\S", option)] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_an_option_that_there_is_not_is_one_line(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([command, "--wrong"])
    words = capsys.readouterr().err
    assert words.startswith(f"bwp {command}: ")
    assert words.count("\n") == 1
