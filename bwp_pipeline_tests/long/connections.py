"""Tries the ways in that docs/for-analysts.md describes, each in an environment of its own.

`python -m bwp_pipeline_tests.long.connections data/demo/published` installs every client from the
package index, has it sum one column, compares the sum with DuckDB's own, and prints a table of what
worked in which version. It takes minutes and is no part of the tests.
"""

import argparse
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

COLUMN = "unfulfilled_units"
TABLE = "unfulfilled_products"
QUERY = f"select sum({COLUMN}) from reports.{TABLE}"  # noqa: S608 -- names of ours


@dataclass(frozen=True)
class Way:
    """A way in: what it needs, and a program that prints the sum.

    The program finds the published folder in `published` and the query in `query`.
    """

    name: str
    packages: tuple[str, ...]
    program: str


_PYTHON = """
import duckdb
connection = duckdb.connect(f"{published}/bwp.duckdb", read_only=True)
print(connection.execute(query).fetchall()[0][0])
"""
_CLI = """
import pathlib, subprocess, sys
cli = pathlib.Path(sys.executable).with_name("duckdb")
line = [cli, "-readonly", "-csv", "-noheader", f"{published}/bwp.duckdb", query]
print(subprocess.run(line, check=True, capture_output=True, text=True).stdout)
"""
_IBIS = """
import ibis
connection = ibis.duckdb.connect(f"{published}/bwp.duckdb", read_only=True)
table = connection.table("unfulfilled_products", database="reports")
print(table.unfulfilled_units.sum().execute())
"""
_SQLALCHEMY = """
import sqlalchemy
engine = sqlalchemy.create_engine(f"duckdb:///{published}/bwp.duckdb?access_mode=read_only")
assert "unfulfilled_products" in sqlalchemy.inspect(engine).get_table_names("reports")
with engine.connect() as connection:
    print(connection.execute(sqlalchemy.text(query)).scalar())
"""
_PANDAS = """
import pandas
frame = pandas.read_parquet(f"{published}/parquet/reports/unfulfilled_products.parquet")
assert len(pandas.read_parquet(f"{published}/parquet/marts/fct_delivery_items"))
print(frame.unfulfilled_units.sum())
"""
_POLARS = """
import polars
frame = polars.read_parquet(f"{published}/parquet/reports/unfulfilled_products.parquet")
assert len(polars.read_parquet(f"{published}/parquet/marts/fct_delivery_items/**/*.parquet"))
print(frame["unfulfilled_units"].sum())
"""
_SPARK = """
from pyspark.sql import SparkSession
spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
frame = spark.read.parquet(f"{published}/parquet/reports/unfulfilled_products.parquet")
assert spark.read.parquet(f"{published}/parquet/marts/fct_delivery_items").count()
print(frame.agg({"unfulfilled_units": "sum"}).collect()[0][0])
"""

WAYS = (
    Way("DuckDB's command line", ("duckdb-cli",), _CLI),
    Way("DuckDB in Python, the oldest that is promised", ("duckdb==1.0.0",), _PYTHON),
    Way("DuckDB in Python", ("duckdb",), _PYTHON),
    Way("ibis", ("ibis-framework[duckdb]", "duckdb"), _IBIS),
    Way("SQLAlchemy", ("duckdb-engine", "sqlalchemy", "duckdb"), _SQLALCHEMY),
    Way("pandas, from Parquet", ("pandas", "pyarrow"), _PANDAS),
    Way("Polars, from Parquet", ("polars",), _POLARS),
    Way("Spark, from Parquet", ("pyspark",), _SPARK),
)


def attempt(way: Way, published: Path, wanted: str) -> tuple[str, str]:
    """Versions of what was installed, and "works" or the last line of what went wrong."""
    with TemporaryDirectory() as directory:
        venv.create(directory, with_pip=True)
        python = Path(directory) / "bin" / "python"
        installed = _run(python, "-m", "pip", "install", "--quiet", *way.packages)
        if installed.returncode:
            return ", ".join(way.packages), _last_line(installed.stderr)
        names = [package.partition("=")[0].partition("[")[0] for package in way.packages]
        ask = f"from importlib.metadata import version as v; print(*map(v, {names!r}))"
        versions = _run(python, "-c", ask).stdout.split()
        program = f"published, query = {str(published)!r}, {QUERY!r}\n{way.program}"
        ended = _run(python, "-c", program)
        told = ", ".join(map(" ".join, zip(names, versions, strict=True)))
        if ended.returncode:
            return told, _last_line(ended.stderr)
        found = ended.stdout.strip()
        return told, "works" if found == wanted else f"{found} instead of {wanted}"


def main() -> int:
    """Try every way and print the table; 1 where one doesn't work."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("published", type=Path, help="the folder `published` of a data directory")
    published = parser.parse_args().published.resolve()
    with duckdb.connect(str(published / "bwp.duckdb"), read_only=True) as connection:
        (wanted,) = connection.execute(QUERY).fetchone() or (None,)
    sys.stdout.write("| with | versions | result |\n|---|---|---|\n")
    results = []
    for way in WAYS:
        versions, result = attempt(way, published, str(wanted))
        sys.stdout.write(f"| {way.name} | {versions} | {result} |\n")
        sys.stdout.flush()
        results.append(result)
    return int(any(result != "works" for result in results))


def _run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, check=False, capture_output=True, text=True)  # noqa: S603 -- ours


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no reason given"])[-1]


if __name__ == "__main__":
    sys.exit(main())
