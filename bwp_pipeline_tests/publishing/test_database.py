"""The published database: whole, documented, readable by anyone, swapped under its readers."""

import os
import subprocess
import sys
from datetime import timedelta
from errno import EXDEV
from pathlib import Path

import duckdb
import pytest
from scipy.special import betaincinv

from bwp_pipeline.publishing.published_file import PublishError, publish
from bwp_pipeline.warehouse.dbt_run import run_dbt
from bwp_pipeline.warehouse.loading import marts_path
from bwp_pipeline_tests.examples.warehouse_builds import Warehouse
from bwp_pipeline_tests.publishing.published_shop import DAY, ask, build_shop

OLDER = "1.1.3"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return build_shop(tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="module")
def published(warehouse: Warehouse) -> Path:
    path = warehouse.directory / "published" / "bwp.duckdb"
    publish(warehouse.path, path)
    return path


def test_marts_reports_and_meta_are_published_and_nothing_else(
    warehouse: Warehouse, published: Path
) -> None:
    tables = "select schema_name || '.' || table_name from duckdb_tables() order by 1"
    assert {name for (name,) in ask(published, tables)} == set(warehouse.tables())
    for table, rows in warehouse.tables().items():
        assert sorted(ask(published, f"from {table}"), key=repr) == rows


def test_no_payload_no_comment_and_no_personal_data_is_published(published: Path) -> None:
    content = published.read_bytes()
    for text in (b"additionalComments", b"555-0100", b"someone@example.com", b"lineItems"):
        assert text not in content


def test_every_table_states_its_grain_and_every_column_its_meaning(published: Path) -> None:
    tables = dict(ask(published, "select table_name, comment from duckdb_tables()"))
    assert len(tables) > 15
    assert all(str(comment).startswith("One row") for comment in tables.values()), tables
    assert ask(published, "select table_name from duckdb_columns() where comment is null"
               " and not internal") == []  # fmt: skip


def test_the_data_dictionary_is_the_database(published: Path) -> None:
    described = ask(
        published,
        "select schema_name, table_name, column_name, column_number, data_type, description"
        " from meta.data_dictionary where column_number > 0 order by all",
    )
    found = ask(
        published,
        "select schema_name, table_name, column_name, column_index,"
        " lower(replace(data_type, ' ', '')), comment"
        " from duckdb_columns() where not internal order by all",
    )
    assert described == found
    numbers = ask(
        published,
        "select table_name, column_name from meta.data_dictionary where unit is null"
        " and (data_type in ('double', 'bigint') or data_type like 'decimal%')"
        " and column_name <> 'request_number'",
    )
    assert numbers == [], "a number without a unit"


def test_functions_reproduce_the_report_for_its_window(published: Path) -> None:
    ((first, last),) = ask(published, "select first_day, last_day from meta.report_window")
    between = "reports.unfulfilled_products_between(?, ?)"
    again = ask(published, f"from {between} order by all", first, last)
    assert again == ask(published, "from reports.unfulfilled_products order by all")
    assert len(again) == 6
    for name in ("active_products", "key_figures", "product_performance", "delivery_times"):
        again = ask(published, f"from reports.{name}_between(?, ?) order by all", first, last)
        # No event of this store says that anything arrived.
        assert again or name == "delivery_times"
        assert again == ask(published, f"from reports.{name} order by all")

    earlier = DAY - timedelta(days=4)
    found = ask(published, f"select sum(unfulfilled_units) from {between}", first, earlier)  # noqa: S608 -- own names
    assert found == ask(
        published,
        "select sum(units) from marts.fct_delivery_items"
        " where root_cause = 'STOCK' and cancelled_on <= ?",
        earlier,
    )


def test_smoothed_rates_and_intervals_are_the_textbooks(published: Path) -> None:
    """Method of moments over orders, the Beta quantiles by scipy."""
    counted = ask(
        published,
        "select product_key, count(distinct order_id)::double,"
        " count(distinct case when root_cause = 'STOCK' then order_id end)::double"
        " from marts.fct_delivery_items where resolved_on is not null group by 1",
    )
    n = [row[1] for row in counted]
    x = [row[2] for row in counted]
    k, p = len(n), sum(x) / sum(n)
    s2 = sum(ni * (xi / ni - p) ** 2 for ni, xi in zip(n, x, strict=True)) / (k - 1)
    m = (sum(n) - sum(ni * ni for ni in n) / sum(n)) / (k - 1)
    tau2 = max(0.0, (s2 - p * (1 - p)) / (m - 1))
    least = min(max(10.5 / max(1 - 11 * p, 0.105), 20), 100)
    weight = max(p * (1 - p) / tau2 - 1, least)

    rates = {
        row[0]: row[1:]
        for row in ask(
            published,
            "select product_key, unfulfillable_rate_eb, rate_low, rate_high"
            " from reports.unfulfilled_products",
        )
    }
    for (key, *_), ni, xi in zip(counted, n, x, strict=True):
        if not xi:
            continue
        a, b = xi + p * weight, ni - xi + (1 - p) * weight
        assert rates[key] == pytest.approx(
            (a / (a + b), betaincinv(a, b, 0.1), betaincinv(a, b, 0.9)), abs=1e-7
        )


def test_beta_quantiles_are_right_far_from_the_middle(published: Path) -> None:
    for a, b in [(0.1, 20.0), (0.5, 0.5), (1.0, 21.0), (3.0, 900.0), (400.0, 90000.0), (50.0, 2.0)]:
        for p in (0.1, 0.5, 0.9):
            ((found,),) = ask(published, f"select beta_quantile({p}, {a}, {b})")
            assert found == pytest.approx(betaincinv(a, b, p), abs=1e-7)
    assert ask(published, "select beta_quantile(0.1, 0, 1), beta_quantile(0.1, null, 1)") == [
        (None, None)
    ]


def test_wilson_intervals_contain_what_they_should(published: Path) -> None:
    ((low, high),) = ask(published, "select wilson_low(10, 100), wilson_high(10, 100)")
    assert (low, high) == pytest.approx((0.0677, 0.1454), abs=5e-4)


def test_revenue_at_risk_ranks_the_report(published: Path) -> None:
    rows = ask(
        published,
        "select rank, revenue_at_risk, days.units_at_risk * products.unit_price"
        " from reports.unfulfilled_products as listed"
        " inner join marts.dim_products as products using (business_product_id, product_key)"
        " inner join marts.fct_product_days as days using (business_product_id, product_key)"
        " where days.day = (select last_day from meta.report_window) order by rank",
    )
    risks: list[float] = []
    for rank, risk, expected in rows:
        assert rank == len(risks) + 1
        assert float(risk) == pytest.approx(float(expected), abs=1e-3)
        risks.append(float(risk))
    assert risks
    assert risks == sorted(risks, reverse=True)


def test_parquet_holds_the_same_rows(warehouse: Warehouse, published: Path) -> None:
    for table, rows in warehouse.tables().items():
        if table.startswith("meta."):
            continue
        path = published.parent / "parquet" / table.replace(".", "/")
        files = f"{path}/*/rows.parquet" if path.is_dir() else f"{path}.parquet"
        found = ask(published, f"from read_parquet('{files}', hive_partitioning = false)")
        assert sorted(found, key=repr) == rows


def test_the_report_of_a_day_stays_as_it_was_published(published: Path) -> None:
    kept = published.parent / "history" / "unfulfilled_products"
    (path,) = kept.glob(f"as_of={DAY}_*.parquet")
    was = ask(published, "from read_parquet(?) order by all", str(path))
    assert [row[2:] for row in was] == ask(
        published, "from reports.unfulfilled_products order by all"
    )
    assert {row[0] for row in was} == {DAY}


def test_a_day_that_is_published_again_keeps_what_was_said_before(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    for _ in range(2):
        publish(warehouse.path, tmp_path / "bwp.duckdb")
    kept = sorted((tmp_path / "history" / "data_quality").glob(f"as_of={DAY}_*.parquet"))
    query = "select any_value(published_at) from read_parquet(?)"
    times = [ask(tmp_path / "bwp.duckdb", query, str(path)) for path in kept]

    assert len(kept) == 2
    assert times[0] < times[1]


def test_a_reader_keeps_what_it_opened_and_the_last_copies_stay(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    path = tmp_path / "bwp.duckdb"
    publish(warehouse.path, path, keep=2)
    with duckdb.connect(str(path), read_only=True) as reader:
        for _ in range(4):
            publish(warehouse.path, path, keep=2)
        assert reader.execute("select count(*) from marts.dim_orders").fetchone() == (400,)
    assert len(list((tmp_path / "previous").glob("bwp-*.duckdb"))) == 2
    assert not list(tmp_path.glob(".*"))


def test_what_writers_of_former_copies_left_changes_nothing(
    warehouse: Warehouse, published: Path
) -> None:
    """A log of changes that a killed writer leaves, DuckDB adds to the file of that name."""
    expected = ask(published, "select sum(unfulfilled_units) from reports.unfulfilled_products")
    change = (
        "import duckdb, os, sys; connection = duckdb.connect(sys.argv[1]);"
        "connection.execute('update reports.unfulfilled_products set unfulfilled_units = 999999');"
        "os._exit(1)"
    )
    fresh = published.with_name(f".{published.name}.new")
    for path in (published, fresh):
        if path == fresh:
            fresh.write_bytes(published.read_bytes())
        subprocess.run([sys.executable, "-c", change, str(path)], check=False)  # noqa: S603 -- this interpreter
        assert path.with_name(f"{path.name}.wal").exists()

    publish(warehouse.path, published)

    assert ask(published, "select sum(unfulfilled_units) from reports.unfulfilled_products") == (
        expected
    )
    assert not list(published.parent.rglob("*.wal"))


def test_nothing_to_publish_leaves_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "bwp.duckdb"
    path.write_bytes(b"what was published before")
    with duckdb.connect(str(tmp_path / "empty.duckdb")):
        pass
    with pytest.raises(PublishError, match="build it first"):
        publish(tmp_path / "empty.duckdb", path)
    assert path.read_bytes() == b"what was published before"


def test_an_older_duckdb_opens_the_published_file(published: Path, tmp_path: Path) -> None:
    installed = subprocess.run(  # noqa: S603 -- this interpreter's pip
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"),
            *("--target", str(tmp_path), f"duckdb=={OLDER}"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if installed.returncode:
        pytest.skip(f"no duckdb {OLDER} to be had: {installed.stderr[-200:]}")
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); import duckdb; print(duckdb.__version__)\n"
        "connection = duckdb.connect(sys.argv[2], read_only=True)\n"
        "for query in sys.argv[3:]: print(connection.execute(query).fetchone()[0])\n"
    )
    queries = [
        "select count(*) from marts.fct_delivery_items",
        "select count(*) from reports.unfulfilled_products_between('2026-03-01', '2026-03-10')",
    ]
    done = subprocess.run(  # noqa: S603 -- this interpreter
        [sys.executable, "-S", "-c", script, str(tmp_path), str(published), *queries],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == [OLDER, "400", "6"], done.stderr


def test_dbts_own_unit_tests_hold(warehouse: Warehouse) -> None:
    run_dbt(warehouse.path, ("test", "--select", "test_type:unit"))


@pytest.mark.parametrize("fails", [True, False], ids=["not at all", "not to the end"])
def test_where_the_kernel_copies_no_files_the_same_is_published(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, fails: bool
) -> None:
    copied = iter([4096, 0])

    def copy_file_range(read: int, written: int, size: int) -> int:  # noqa: ARG001 -- the kernel's
        if fails:
            raise OSError(EXDEV, "Invalid cross-device link")
        part = next(copied)
        os.write(written, os.read(read, part))
        return part

    monkeypatch.setattr(os, "copy_file_range", copy_file_range)
    path = tmp_path / "bwp.duckdb"
    publish(warehouse.path, path)
    assert path.read_bytes() == marts_path(warehouse.path).read_bytes()
