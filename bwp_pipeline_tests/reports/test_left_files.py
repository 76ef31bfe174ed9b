"""Files that people or earlier runs left, torn, empty or absurd: each costs itself and is named."""

import html
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Thread

import pytest

from bwp_pipeline.reports import exchange
from bwp_pipeline.reports.exchange import ReportsBusyError, alone
from bwp_pipeline.reports.forms.alerts import read_alerts
from bwp_pipeline.reports.stock.asked import read_asked_stock
from bwp_pipeline.reports.stock.files import read_stock_files
from bwp_pipeline.reports.writing import ReportFiles, write_reports
from bwp_pipeline_tests.reports.published import Item, publish
from bwp_pipeline_tests.reports.published_report import estimate

TORN = [b"", b"{", b"[" * 9_000, b"\xff\xfe", b"null", b'{"alerts": [{"kind": 1}]}', b"[{}]"]
AT = '"asked_at": "2026-11-17T00:00:00Z"'


def report(directory: Path) -> ReportFiles:
    database = directory / "bwp.duckdb"
    if not database.exists():
        item = Item("o-1", "S-1", root_cause="STOCK", days_ago=2.5)
        publish(database, [item], last_day=date(2026, 11, 17))
        estimate(database)
    return write_reports(
        database,
        directory / "reports",
        built_at=datetime(2026, 11, 18, 5, 30, tzinfo=UTC),
        version="1",
        run_id="run-7",
        data_dir=directory,
    )


@pytest.mark.parametrize("content", TORN)
def test_signals_that_cannot_be_read_begin_anew_and_say_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "alerts.json"
    path.write_bytes(content)

    remembered = read_alerts(path)

    assert list(remembered.signals) == []
    assert remembered.problem is not None
    assert "every signal counts as new" in remembered.problem


def test_a_report_is_made_beside_torn_files_and_mends_them(tmp_path: Path) -> None:
    first = report(tmp_path)
    first.alerts.write_bytes(b'{"alerts": [')
    (tmp_path / "stock.json").write_bytes(b"")
    (tmp_path / "inventory.csv").write_text("sku,on_hand\nS-1,1e400\n")

    again = report(tmp_path)

    assert again.problem is not None
    assert [signal.state for signal in again.digest.signals] == ["new"]
    assert "inventory.csv, line 2, column on_hand" in again.html.read_text(encoding="utf-8")
    assert "stock.json" in again.html.read_text(encoding="utf-8")
    assert report(tmp_path).problem is None


def test_pipes_in_the_places_of_files_keep_no_report_waiting(tmp_path: Path) -> None:
    names = ("inventory.csv", "overrides.csv", "stock.json", "advice.json")
    report(tmp_path).alerts.unlink()
    for path in (tmp_path / "reports" / "latest" / "alerts.json", *map(tmp_path.joinpath, names)):
        path.unlink(missing_ok=True)
        os.mkfifo(path)

    writing = Thread(target=report, args=(tmp_path,), daemon=True)
    writing.start()
    writing.join(60)

    assert not writing.is_alive()
    page = (tmp_path / "reports" / "latest" / "bwp_report.html").read_text(encoding="utf-8")
    assert "inventory.csv, line 1, column sku: can't be read: it is not a file" in html.unescape(
        page
    )


@pytest.mark.parametrize(
    "content",
    [
        *TORN,
        f'[{{"business_product_id": "b", "product_key": "k", {AT}, "buyable_units": "NaN"}}]',
        f'[{{"business_product_id": "b", "product_key": "k", {AT}, "buyable_units": NaN}}]',
        f'[{{"business_product_id": "b", "product_key": "k", {AT}, "buyable_units": "1e400"}}]',
        '[{"business_product_id": "b", "product_key": "k", "asked_at": "2026-11-17T00:00:00"}]',
    ],
)
def test_amazons_stock_that_cannot_be_read_is_asked_again(
    tmp_path: Path, content: bytes | str
) -> None:
    data = content if isinstance(content, bytes) else content.encode()
    (tmp_path / "stock.json").write_bytes(data)

    asked = read_asked_stock(tmp_path)

    assert dict(asked.products) == {}
    (line,) = asked.problems()
    assert "the next run asks again" in line


@pytest.mark.parametrize(
    ("file", "header", "cell", "column"),
    [
        ("inventory.csv", "sku,on_hand", "1e400", "on_hand"),
        ("inventory.csv", "sku,on_hand", "NaN", "on_hand"),
        ("inventory.csv", "sku,on_hand", "-1e12", "on_hand"),
        ("inventory.csv", "sku,on_hand", "9" * 5_000, "on_hand"),
        ("inventory.csv", "sku,on_hand,inbound", "1,Infinity", "inbound"),
        ("overrides.csv", "sku,lead_time_days", "4000000", "lead_time_days"),
        ("overrides.csv", "sku,lead_time_days", "-1", "lead_time_days"),
        ("overrides.csv", "sku,lead_time_sd_days", "1e308", "lead_time_sd_days"),
        ("overrides.csv", "sku,review_days", "1e5", "review_days"),
        ("overrides.csv", "sku,minimum_order", "1e30", "minimum_order"),
        ("overrides.csv", "sku,case_pack", "0", "case_pack"),
        ("overrides.csv", "sku,unit_cost", "1e999999", "unit_cost"),
        ("overrides.csv", "sku,unit_cost", "-1", "unit_cost"),
        ("overrides.csv", "sku,service_level", "0.99999999999999999999", "service_level"),
        ("overrides.csv", "sku,snooze_until", "9999-12-31", "snooze_until"),
        ("overrides.csv", "sku,supplier", "x" * 300, "supplier"),
        ("overrides.csv", "sku,discontinued", "perhaps", "discontinued"),
    ],
)
def test_an_absurd_cell_costs_its_line_and_is_named(
    tmp_path: Path, file: str, header: str, cell: str, column: str
) -> None:
    (tmp_path / file).write_text(
        f"{header}\nMUG,{cell}\nCUP,{'5' if 'on_hand' in header else ''}\n"
    )

    found = read_stock_files(tmp_path)

    (problem,) = found.problems
    assert (problem.file, problem.line, problem.column) == (file, 2, column)
    assert len(str(problem)) < 200
    assert {*found.holdings, *found.terms} == {"CUP"}


def test_a_product_in_two_lines_and_a_file_that_breaks_off_are_named(tmp_path: Path) -> None:
    (tmp_path / "inventory.csv").write_bytes(b"sku,on_hand\nMUG,5\nMUG,6\nCUP,7\n\xff,8\n")
    (tmp_path / "overrides.csv").mkdir()

    found = read_stock_files(tmp_path)

    assert {problem.file for problem in found.problems} == {"inventory.csv", "overrides.csv"}
    assert any("can't be read" in problem.message for problem in found.problems)


def test_reports_at_once_are_written_one_after_the_other(tmp_path: Path) -> None:
    report(tmp_path)
    with ThreadPoolExecutor(4) as pool:
        written = list(pool.map(report, [tmp_path] * 8))

    assert all(files.html.exists() for files in written)
    assert not [path for path in (tmp_path / "reports").iterdir() if ".building" in path.name]


def test_waiting_for_another_report_ends_with_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "PATIENCE_SECONDS", 0.1)
    with alone(tmp_path), pytest.raises(ReportsBusyError, match="try again"), alone(tmp_path):
        pass


def test_a_writer_that_was_killed_while_exchanging_loses_nothing(tmp_path: Path) -> None:
    latest = report(tmp_path).html.parent
    latest.rename(latest.with_name(".latest.old"))

    again = report(tmp_path)

    assert again.problem is None
    assert read_alerts(again.alerts).signals
