"""The pages for people name files and headings that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        file, _, heading = target.partition("#")
        if re.match(r"\w+:", file):
            continue
        linked = (page.parent / file) if file else page
        assert linked.exists(), target
        assert not heading or heading in headings(linked), target


def test_the_steps_of_the_architecture_name_files_that_are_there() -> None:
    page = (ROOT / "docs/architecture.md").read_text()
    named = re.findall(r"`((?:bwp_pipeline|dbt_project)/[^`]*)`", page)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def headings(page: Path) -> set[str]:
    """The anchors of a page, as Markdown's readers make them of its headings."""
    titles = re.findall(r"^#+ (.*)", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
