"""All forms of one report, written as dated copies and as the latest one.

Here belongs which files there are and where they lie. What is in them is each form's own matter.
"""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bwp_pipeline.reports.csv_files import write_csv_files
from bwp_pipeline.reports.data import read_published
from bwp_pipeline.reports.pages import pages_of
from bwp_pipeline.reports.rendering import write_pages
from bwp_pipeline.reports.stock_files import StockFiles, read_stock_files
from bwp_pipeline.reports.workbook import write_workbook


@dataclass(frozen=True)
class ReportFiles:
    """The latest report's files: the page to open first, the workbook, the CSV files.

    `pages` are the further pages, one for each store and currency where there are several.
    """

    html: Path
    xlsx: Path
    csvs: tuple[Path, ...]
    pages: tuple[Path, ...] = ()


def write_reports(
    database_path: Path,
    out_dir: Path,
    *,
    built_at: datetime,
    version: str,
    run_id: str,
    data_dir: Path | None = None,
) -> ReportFiles:
    """Write the report of the published database to `out_dir/YYYY-MM-DD/` and `out_dir/latest/`.

    The dated directory is named for the last day the report covers. `latest` is exchanged whole,
    so that whoever opens it never finds files of two reports.

    Args:
        database_path: the published database, opened read-only.
        out_dir: where reports are kept.
        built_at: when this report is made, with a time zone.
        version: the product's version, printed on the report.
        run_id: the run that makes it, printed on the report.
        data_dir: where the merchant's inventory.csv and overrides.csv may lie.

    Raises:
        duckdb.Error: the database is missing or is not a published one.
        OSError: the directory cannot be written.
    """
    published = read_published(database_path)
    dated = out_dir / published.window.last_day.isoformat()
    building = out_dir / f".{dated.name}.building"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    stock = read_stock_files(data_dir) if data_dir else StockFiles()
    pages = pages_of(published, stock, built_at)
    htmls = write_pages(pages, building, built_at=built_at, version=version, run_id=run_id)
    xlsx = write_workbook(
        published, building / "bwp_report.xlsx", built_at=built_at, version=version
    )
    csvs = write_csv_files(published, building)
    latest = out_dir / "latest"
    _exchange(building, dated)
    shutil.copytree(dated, building)
    _exchange(building, latest)
    return ReportFiles(
        html=latest / htmls[0].name,
        xlsx=latest / xlsx.name,
        csvs=tuple(latest / path.name for path in csvs),
        pages=tuple(latest / path.name for path in htmls[1:]),
    )


def _exchange(built: Path, target: Path) -> None:
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    built.rename(target)
    shutil.rmtree(old, ignore_errors=True)
