"""When it was decided whether units ship: told by event, request or snapshot, not by who asks."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from bwp_pipeline_tests.examples.order_payloads import line, package, request
from bwp_pipeline_tests.examples.warehouse_builds import NOON, Row, Warehouse, event, snapshot

DAY = date(2026, 3, 10)


def pending(**more: object) -> Row:
    return {"lineItems": [line("l1", 1, package("d1", "PENDING", None, l1=1))], **more}


def short(ordered: str = "2026-03-08T16:13:11Z", **more: object) -> Row:
    found = line("l1", 1, package("d1", "CANCELLED", "UNFULFILLABLE", l1=1))
    return {"lineItems": [found | {"createdAt": ordered}], **more}


def refunded() -> Row:
    return short(refunds={"details": [{"id": "f1", "state": "PENDING"}]})


asked_to_cancel = {
    "lineItems": [
        line(
            "l1",
            1,
            package("d1", "CANCELLED", "CUSTOMER_REQUESTED", l1=1),
            cancellations={"details": [request("SUCCESS", "OTHER", "2026-03-09T08:00:00Z", "l1")]},
        )
    ]
}

# By order: its answers, as days before or after NOON.
ANSWERS: Mapping[str, Sequence[tuple[float, Row]]] = {
    "seen pending before": [(-1, pending()), (0, short())],
    "asked again later": [(-1, pending()), (0, short()), (10, short())],
    "asked again after a refund": [(-1, pending()), (0, short()), (10, refunded())],
    "soon after the order": [(0, short())],
    "long after the order": [(0, short("2026-01-08T16:13:11Z"))],
    "long after it was seen pending": [(-5, pending()), (0, short())],
    "never ordered at a known time": [(0, short("") | {"metadata": {}})],
    "by request": [(0, asked_to_cancel), (10, asked_to_cancel)],
    "by event": [(0, short()), (10, short())],
}


@pytest.fixture(scope="module")
def it(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    made = Warehouse(tmp_path_factory.mktemp("decided"), report_days=60)
    made.answer(
        DAY,
        [
            snapshot(row, order_id=name, at=NOON + timedelta(days=days))
            for name, answers in ANSWERS.items()
            for days, row in answers
        ],
    )
    named = event("PACKAGE_DELIVERY_CANCELLED", "order/x/delivery/d1", at=NOON - timedelta(hours=9))
    made.archive(DAY, [named | {"order_id": "by event"}])
    made.build_mart("unfulfilled_products", "cancellation_reasons", "data_quality")
    return made


def decided(it: Warehouse, order_id: str) -> tuple[datetime | None, str | None]:
    ((row),) = it.rows(
        "select resolved_at, resolved_by from marts.fct_delivery_items"  # noqa: S608 -- own names
        f" where order_id = '{order_id}'"
    )
    return row["resolved_at"], row["resolved_by"]


NOON_UTC = NOON.replace(tzinfo=None)


@pytest.mark.parametrize(
    "order_id",
    [
        "seen pending before",
        "asked again later",
        "asked again after a refund",
        "soon after the order",
    ],
)
def test_the_first_answer_that_shows_it_dates_it_and_asking_again_moves_nothing(
    it: Warehouse, order_id: str
) -> None:
    assert decided(it, order_id) == (NOON_UTC, "SNAPSHOT")


@pytest.mark.parametrize(
    "order_id",
    [
        "long after the order",
        "long after it was seen pending",
        "never ordered at a known time",
    ],
)
def test_a_decision_that_more_than_three_days_could_hold_is_undated(
    it: Warehouse, order_id: str
) -> None:
    assert decided(it, order_id) == (None, None)


def test_events_and_requests_date_before_snapshots_do(it: Warehouse) -> None:
    assert decided(it, "by event") == (NOON_UTC - timedelta(hours=9), "EVENT")
    assert decided(it, "by request") == (datetime(2026, 3, 9, 8), "REQUEST")  # noqa: DTZ001 -- UTC


def test_undated_units_are_in_no_window_and_counted(it: Warehouse) -> None:
    ((row),) = it.rows(
        "select found, window_share from reports.data_quality where check_name = 'undated_units'"
    )
    # Of nine units, six are dated in the window, and these three may lie in it.
    assert row == {"found": 3, "window_share": pytest.approx(3 / 9)}
    ((row),) = it.rows("select count(window_share) as others from reports.data_quality")
    assert row == {"others": 1}
    assert it.rows(
        "select sum(unfulfilled_units) as units from reports.unfulfilled_products"
        " union all select sum(cancelled_units) from reports.cancellation_reasons"
        " where root_cause = 'STOCK' and cancelled_on is null"
    ) == [{"units": 5}, {"units": 3}]


def test_answers_that_come_in_another_order_end_in_the_same_times(
    it: Warehouse, tmp_path: Path
) -> None:
    other = Warehouse(tmp_path, report_days=60)
    steps = [
        (name, at, row)
        for name, answers in ANSWERS.items()
        for at, (_, row) in zip(range(3), answers, strict=False)
    ]
    for round_ in (2, 0, 1):
        other.answer(
            DAY,
            [
                snapshot(row, order_id=name, at=NOON + timedelta(days=ANSWERS[name][at][0]))
                for name, at, row in steps
                if at == round_
            ],
            name=f"round-{round_}",
        )
        if round_ == 1:
            named = event(
                "PACKAGE_DELIVERY_CANCELLED", "order/x/delivery/d1", at=NOON - timedelta(hours=9)
            )
            other.archive(DAY, [named | {"order_id": "by event"}])
        other.build_mart("fct_delivery_items")
    columns = "select order_id, resolved_at, resolved_by, cancelled_on, resolved_on"
    query = f"{columns} from marts.fct_delivery_items order by all"
    assert other.rows(query) == it.rows(query)
