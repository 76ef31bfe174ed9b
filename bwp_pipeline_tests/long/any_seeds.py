# ruff: noqa: T201 -- a command of its own; it prints what came of it
"""Many worlds, each told in order and shuffled: the days and reports must be the same.

    python -m bwp_pipeline_tests.long.any_seeds [--seeds 20]

`test_same_facts.py` does it with one world.
"""

import argparse
import tempfile
from pathlib import Path

from bwp_pipeline_tests.warehouse.same_facts import told_in_order_and_shuffled, world_of


def differing(seeds: int) -> list[int]:
    """Return the seeds whose two tellings differ; says of each what was compared."""
    found = []
    for seed in range(seeds):
        with tempfile.TemporaryDirectory() as directory:
            in_order, shuffled = told_in_order_and_shuffled(world_of(seed), Path(directory), seed)
        same = in_order == shuffled
        items, products, reasons = map(len, in_order)
        print(f"{seed}: {items} items, {products} products, {reasons} reasons", end=" ")
        print("the same" if same else "DIFFER", flush=True)
        if not same:
            found.append(seed)
    return found


def main() -> None:
    """Compare; ends with 1 where any world's tellings differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    raise SystemExit(bool(differing(parser.parse_args().seeds)))


if __name__ == "__main__":
    main()
