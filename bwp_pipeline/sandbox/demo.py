"""`bwp demo`: the daily job on the sandbox's last days, from nothing to reports.

Belongs here: where the demo keeps its files and what it runs. Does not belong here: the sandbox
itself (`command.py`), or the job, which is `bwp run` as on a real archive.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bwp_pipeline.sandbox import command

DAYS = 30


def main(words: Sequence[str]) -> int:
    """Serve a sandbox, run the daily job on it, print where the reports are; returns its code."""
    argparse.ArgumentParser(prog="bwp demo", description=__doc__).parse_args(words)
    directory = Path(os.environ.get("BWP_DATA_DIR") or "bwp-demo").resolve()
    # A report of the demo is never taken for one of the merchant's own data.
    os.environ["BWP_DATA_DIR"] = str(directory)
    os.environ.setdefault("DAGSTER_HOME", str(directory / "dagster"))
    run = [sys.executable, "-m", "bwp_pipeline.cli", "run", "--days", str(DAYS)]
    return command.main(["--dir", str(directory / "sandbox"), "--days", str(DAYS), "--", *run])
