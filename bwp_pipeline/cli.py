"""The `bwp` command: finds the command that was asked for, and turns errors into one line.

Belongs here: which commands there are. Does not belong here: their options and what they print,
which are a module each; a new command is such a module and a line in `COMMANDS`.
"""

import argparse
import gc
import logging
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from bwp_pipeline import __version__
from bwp_pipeline.commands.arguments import OneLineParser
from bwp_pipeline.commands.exits import Exit, ending

# By command: the module whose `main` takes the further words and returns the exit code, and what
# `bwp --help` says. Only the module that is asked for is imported, for some take seconds.
COMMANDS = {
    "run": ("bwp_pipeline.commands.run", "run the daily job for a range of archive days"),
    "report": ("bwp_pipeline.commands.report", "write the report of any past window"),
    "warehouse": ("bwp_pipeline.commands.warehouse", "build marts and reports from the lake"),
    "serve": ("bwp_pipeline.commands.serve", "serve the managers' page live"),
    "quarantine": ("bwp_pipeline.commands.quarantine", "list what could not be read, by reason"),
    "forget": ("bwp_pipeline.commands.forget", "erase orders everywhere and for good"),
    "compact": ("bwp_pipeline.commands.compact", "delete old snapshots that no fact depends on"),
    "doctor": ("bwp_pipeline.commands.doctor", "check settings, archive, API, lake and disk"),
    "demo": ("bwp_pipeline.sandbox.demo", "run the daily job on a made-up store"),
    "sandbox": ("bwp_pipeline.sandbox.command", "serve a made-up store until stopped"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the result is its exit code, one of `Exit`."""
    _open_what_is_closed()
    # Imports create hundreds of thousands of objects and no garbage: collecting as often as Python
    # does by default takes seconds.
    gc.set_threshold(100_000, 20, 50)
    # A log on a full disk is no reason for tracebacks in the terminal.
    logging.raiseExceptions = False
    arguments = _parser().parse_args(sys.argv[1:] if argv is None else argv)
    module, _ = COMMANDS[arguments.command]
    with ending() as end:
        end.code = import_module(module).main(arguments.words)
    return end.code


def _open_what_is_closed() -> None:
    """Open the standard streams that a service was started without: nobody reads them."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            nothing = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115 - for good
            setattr(sys, name, nothing)


def _parser() -> argparse.ArgumentParser:
    width = max(map(len, COMMANDS))
    lines = (f"  {name:<{width}}  {text}" for name, (_, text) in COMMANDS.items())
    codes = (f"  {code.value:<{width}}  {code.meaning}" for code in Exit)
    parser = OneLineParser(
        prog="bwp",
        description="What was cancelled in Buy with Prime orders, why, and what to restock.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(["commands:", *lines, "", "exit codes:", *codes]),
    )
    parser.add_argument("--version", action="version", version=f"bwp {__version__}")
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND")
    parser.add_argument("words", nargs=argparse.REMAINDER, metavar="…", help="bwp COMMAND --help")
    return parser


if __name__ == "__main__":
    sys.exit(main())
