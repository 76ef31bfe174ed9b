"""The asset graph as a text file, so that a change to it is seen in a review.

After a change that is meant: `python -m bwp_pipeline_tests.defs.test_asset_graph`.
"""

from collections.abc import Iterable
from pathlib import Path
from textwrap import fill

from dagster import AssetsDefinition

from bwp_pipeline.definitions import build_defs
from bwp_pipeline.defs.resources import Installation

SNAPSHOT = Path(__file__).with_name("asset_graph.txt")


def graph() -> str:
    """Each asset with its group and kinds, its checks, and what it is made of."""
    definitions = build_defs(Installation())
    found = [one for one in definitions.assets or () if isinstance(one, AssetsDefinition)]
    checks = [check for one in found for check in one.check_specs]
    paragraphs = []
    for spec in sorted((spec for one in found for spec in one.specs), key=lambda spec: spec.key):
        lines = [f"{spec.key.to_user_string()}  [{spec.group_name}: {listed(spec.kinds)}]"]
        if names := [check.name for check in checks if check.asset_key == spec.key]:
            lines.append(f"checks: {listed(names)}")
        if spec.deps:
            lines.append(f"from: {listed(dep.asset_key.to_user_string() for dep in spec.deps)}")
        paragraphs.append("\n".join(wrapped(line) for line in lines))
    return "\n\n".join(paragraphs) + "\n"


def listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))


def wrapped(line: str) -> str:
    return fill(line, 100, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)


def test_the_asset_graph_is_the_one_that_was_reviewed() -> None:
    assert graph() == SNAPSHOT.read_text(), f"look at the change, then: python -m {__name__}"


if __name__ == "__main__":
    SNAPSHOT.write_text(graph())
