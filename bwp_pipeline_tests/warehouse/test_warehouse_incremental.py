"""Building day by day, in any order and again, ends in the rows of one full build."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from bwp_pipeline.archive import ingest_days, open_archive
from bwp_pipeline.lake import Lake
from bwp_pipeline.sandbox import World, write_archive
from bwp_pipeline.warehouse.building import PART, build_warehouse
from bwp_pipeline_tests.examples.warehouse_builds import NOON, Row, Warehouse, snapshot

END = date(2026, 3, 12)
DAYS = [END - timedelta(days=back) for back in (3, 2, 1)]
ORDERS_A_DAY = 33


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A lake of three days with late events; each order fetched on two days, as it was then."""
    directory = tmp_path_factory.mktemp("source")
    world = World(seed=3, days=len(DAYS), orders_per_day=ORDERS_A_DAY, end=END)
    archive_url = f"{(directory / 'archive').as_uri()}/"
    write_archive(world, archive_url)
    it = Warehouse(directory, timezone="America/New_York", report_days=2)
    for day in [*DAYS, END]:
        ingest_days(open_archive(archive_url, "%Y/%m/%d/"), it.lake, [day], f"run-{day}", print)
    for day in DAYS:
        at = datetime.combine(day + timedelta(days=1), NOON.timetz())
        orders = {
            order_id: world.order(order_id, at) for order_id in sorted(world.known_order_ids())
        }
        it.answer(
            day,
            [
                _as_answer(order, order_id, at, world.stores[0].business_product_id)
                for order_id, order in orders.items()
                if order is not None
            ],
        )
    return it


def _as_answer(order: Row, order_id: str, at: datetime, store: str) -> Row:
    return snapshot(order, order_id=order_id, at=at) | {"business_product_id": store}


@pytest.fixture(scope="module")
def whole(source: Warehouse) -> Warehouse:
    source.build()
    return source


def give(source: Lake, target: Lake, day: date) -> None:
    """Copy a day's lake files: what the daily run of that day adds."""
    for table in ("events", "quarantine", "objects", "order_snapshots"):
        for file in source.files(table, [day]):
            data = source.read(table, [day]).drop_columns(["dt"])
            if len(source.files(table, [day])) == 1:
                target.write(table, day, file.name, data)
                continue
            raise AssertionError(f"{table} of {day} has several files")


def build_part(it: Warehouse, *not_built: str, marked: bool = True) -> None:
    """Build what later builds go on from, as a rebuild in parts does."""
    excluded = ("--exclude", *not_built) if not_built else ()
    it.build(*PART, *excluded, marked=marked)


def test_incremental_builds_end_in_the_rows_of_a_full_build(
    whole: Warehouse, tmp_path: Path
) -> None:
    it = Warehouse(tmp_path, timezone=whole.timezone, report_days=whole.report_days)
    # Daily runs build everything and check it each day.
    for step, day in enumerate([*DAYS, END]):
        give(whole.lake, it.lake, day)
        # A build that no one took note of is made up for by the next.
        it.build(marked=step != 1)

    assert it.tables() == whole.tables()


@pytest.mark.parametrize(
    ("order", "not_built"),
    [
        # Days that are built one by one, that are built in part, and that the last build adds.
        (([0], [1, 2], [3]), "fct_delivery_items+"),
        (([3, 1], [0, 2], []), "dim_orders+ path:models/marts/sums+"),
    ],
    ids=["day by day, before the items", "in any order, after the items"],
)
def test_builds_that_stopped_halfway_are_made_up_for_by_the_next(
    whole: Warehouse, tmp_path: Path, order: tuple[list[int], list[int], list[int]], not_built: str
) -> None:
    days, (one_by_one, halfway, last) = [*DAYS, END], order
    it = Warehouse(tmp_path, timezone=whole.timezone, report_days=whole.report_days)
    for number in one_by_one:
        give(whole.lake, it.lake, days[number])
        build_part(it)
    for number in halfway:
        give(whole.lake, it.lake, days[number])
        # Some marts know the new answers then, others or their sums the former ones.
        build_part(it, *not_built.split(), marked=False)
    for number in last:
        give(whole.lake, it.lake, days[number])
    it.build()

    assert it.tables() == whole.tables()


def test_a_rebuild_in_parts_goes_on_where_it_stopped_and_ends_in_the_rows_of_a_full_build(
    whole: Warehouse, tmp_path: Path
) -> None:
    it = Warehouse(whole.directory, whole.timezone, whole.report_days, name=tmp_path.name)
    settings = it.settings()
    said: list[str] = []

    def stop(words: str) -> None:
        said.append(words)
        raise InterruptedError

    with pytest.raises(InterruptedError):
        build_warehouse(it.lake, settings, say=stop, most_rows=1)
    build_warehouse(it.lake, settings, say=said.append, most_rows=1)

    assert it.tables() == whole.tables()
    # Four days: one before the interruption, two after it, and the last is what any run builds.
    assert len(said) == 1 + 2 + 1
    assert said[0].startswith("4 of 13 lake files built, about ")
    assert "of 9 lake files built" in said[1]


def test_building_again_changes_nothing(whole: Warehouse) -> None:
    before = whole.tables()

    whole.build()

    assert whole.tables() == before
    assert len(before["marts.fct_delivery_items"]) > len(DAYS) * ORDERS_A_DAY / 2
