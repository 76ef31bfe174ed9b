# ruff: noqa: T201 -- a command of its own; it prints what came of its runs
"""Builds with drawn things, one after the other; 1 when something good was touched.

    python -m bwp_pipeline_tests.long.chaos [--builds 5] [--first 0] [--size 400] [--seed 1]

Where a build fails, its cases are halved until one is left, which is printed.
"""

import argparse
import contextlib
import io
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bwp_pipeline_tests.long.chaos.cases import cases_of
from bwp_pipeline_tests.long.chaos.stage import Case, Stage
from bwp_pipeline_tests.long.chaos.verdict import unaccounted, wrong_pages
from bwp_pipeline_tests.long.tables import Rows, differences, rows_about
from bwp_pipeline_tests.servers.api_server import serving
from bwp_pipeline_tests.whole.canaries import Search, reveals


@dataclass
class Chaos:
    """Runs with cases, each in a directory of its own, and what an undisturbed one published."""

    stage: Stage
    root: Path
    wanted: dict[str, Rows]
    runs: int = 0
    search: Search = field(default_factory=Search)

    def troubles(self, cases: Sequence[Case]) -> list[str]:
        """What a run with these cases does that it may not."""
        self.runs += 1
        data = self.root / f"run-{self.runs}" / "data"
        said = io.StringIO()
        try:
            with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
                code = self.stage.run(data, cases)
        except Exception:  # noqa: BLE001 - any of them is what is looked for
            return [traceback.format_exc(limit=-4)]
        if code:
            return [f"exit {code}: {said.getvalue().strip().splitlines()[-1]}"]
        hostile = [case.name for case in cases if case.kind in {"order", "reply"}]
        found = rows_about(data, self.stage.good, self.stage.untouched_store)
        is_locked = any(case.kind == "lock" for case in cases)
        return [
            *differences(self.wanted, found),
            *unaccounted(data, hostile),
            *wrong_pages(data, notes_are_locked=is_locked),
            *self._secrets(data, said.getvalue()),
        ]

    def _secrets(self, data: Path, said: str) -> list[str]:
        """Where one was left, or said."""
        before = len(self.search.found)
        found = self.search.of(data).found[before:]
        return [f"a secret in {place}" for place in found] + ["a secret was said"] * reveals(said)

    def culprits(self, cases: Sequence[Case]) -> list[Case]:
        """The cases without those that are not needed for a trouble, halving by halving."""
        needed = list(cases)
        size = len(needed) // 2
        while size:
            for start in range(0, len(needed), size):
                fewer = needed[:start] + needed[start + size :]
                if len(fewer) < len(needed) and self.troubles(fewer):
                    needed = fewer
                    break
            else:
                size //= 2
        return needed


def main() -> int:
    """Draw, build, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--builds", type=int, default=5)
    parser.add_argument("--first", type=int, default=0, help="the number of the first build")
    parser.add_argument("--size", type=int, default=400, help="orders and events of a build, each")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a directory for the runs' data")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    began, counted, failed = time.monotonic(), Counter[str](), 0
    with tempfile.TemporaryDirectory(prefix="bwp-chaos-") as directory:
        root = options.keep or Path(directory)
        stage = Stage(root, options.seed)
        with serving(stage.api):
            undisturbed = root / "undisturbed" / "data"
            if stage.run(undisturbed, []) != 0:
                raise SystemExit("the undisturbed run failed")
            chaos = Chaos(stage, root, rows_about(undisturbed, stage.good, stage.untouched_store))
            for build in range(options.first, options.first + options.builds):
                seed = options.seed * 1_000 + build
                cases = cases_of(stage, undisturbed, seed, options.size)
                troubles = chaos.troubles(cases)
                counted.update(case.kind for case in cases if not case.name.startswith("names "))
                print(
                    f"build {seed}: {'; '.join(troubles)[:3_000] or 'nothing touched'}", flush=True
                )
                if troubles:
                    failed += 1
                    for case in chaos.culprits(cases)[:5]:
                        print(f"  {case.kind} {case.name} {case.status}: {case.content[:3_000]!r}")
    drawn = ", ".join(f"{count} {kind}s" for kind, count in sorted(counted.items()))
    print(
        f"{counted.total()} cases ({drawn}) in {options.builds} builds,"
        f" {time.monotonic() - began:.0f} s; {failed} builds failed\n{chaos.search}"
    )
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
