"""What a run warns about: records, orders and deliveries that need a person's attention.

Belongs here: the checks' names, when they warn and what they show. Does not belong here: broken
keys, which dbt's tests block in the warehouse.
"""

from collections.abc import Mapping, Sequence

from dagster import AssetCheckResult, AssetCheckSeverity, AssetCheckSpec, AssetKey

RECORDS_READABLE = AssetCheckSpec(
    "records_are_readable",
    asset=AssetKey("events"),
    description="Every record that this run found in the archive was read and understood.",
)
LAKE_WHOLE = AssetCheckSpec(
    "lake_is_whole",
    asset=AssetKey("events"),
    description="No file of the lake was damaged, and every row that the manifest names exists.",
)
ORDERS_FETCHED = AssetCheckSpec(
    "orders_were_fetched",
    asset=AssetKey("order_snapshots"),
    description="The API returned every order that was asked for, and every store has credentials.",
)
DELIVERIES_RESOLVED = AssetCheckSpec(
    "deliveries_are_resolved",
    asset=AssetKey("database"),
    description="Events and snapshots agree about every delivery.",
)

DIGEST_SENT = AssetCheckSpec(
    "digest_was_sent",
    asset=AssetKey("reports"),
    description="Every message with news was delivered.",
)

ADVICE = {
    RECORDS_READABLE.name: "`bwp quarantine` lists them by reason; the rest of each object is in.",
    LAKE_WHOLE.name: "It is read or fetched again; `bwp doctor` names what stays lost.",
    ORDERS_FETCHED.name: "reports.data_quality names them; they are asked for again.",
    DELIVERIES_RESOLVED.name: "Nothing for now: these orders are asked for again.",
    DIGEST_SENT.name: "`bwp doctor --send-test` tries the channels.",
    # The only test of dbt that warns; the others stop publishing.
    "rebuilt_rows_are_as_documented": (
        "This run met values or steps of an order that Amazon doesn't document. They are kept;"
        " reports.data_quality counts them, with examples."
    ),
}
"""What a person does about a check that warns, by its name."""


def records_readable(quarantined: int, unknown: int) -> AssetCheckResult:
    """Warns when records could not be read, or are of an unknown kind."""
    return _warning(RECORDS_READABLE, {"quarantined": quarantined, "unknown": unknown})


def lake_whole(findings: Sequence[str], lost: int) -> AssetCheckResult:
    """Warns of files that this run found damaged or lost, and of rows that can't be recovered."""
    return AssetCheckResult(
        check_name=LAKE_WHOLE.name,
        asset_key=LAKE_WHOLE.asset_key,
        passed=not findings and not lost,
        severity=AssetCheckSeverity.WARN,
        metadata={"findings": "; ".join(findings), "lost_rows": lost},
    )


def orders_fetched(by_status: Mapping[str, int], waiting: int) -> AssetCheckResult:
    """Warns of orders that the API refused or could not return, and of stores without credentials.

    Args:
        by_status: Orders by the status of their snapshot.
        waiting: Orders of stores for which there are no credentials.
    """
    missing = {status: count for status, count in by_status.items() if status != "OK"}
    return _warning(ORDERS_FETCHED, {**missing, "waiting_for_credentials": waiting})


def deliveries_resolved(unresolved: int) -> AssetCheckResult:
    """Warns of deliveries whose events say one thing and whose snapshot says another."""
    return _warning(DELIVERIES_RESOLVED, {"unresolved_deliveries": unresolved})


def digest_sent(failures: Sequence[str]) -> AssetCheckResult:
    """Warns of messages that could not be sent; the report itself is there."""
    return AssetCheckResult(
        check_name=DIGEST_SENT.name,
        asset_key=DIGEST_SENT.asset_key,
        passed=not failures,
        severity=AssetCheckSeverity.WARN,
        metadata={"failures": "; ".join(failures)},
    )


def _warning(spec: AssetCheckSpec, counts: Mapping[str, int]) -> AssetCheckResult:
    return AssetCheckResult(
        check_name=spec.name,
        asset_key=spec.asset_key,
        passed=not any(counts.values()),
        severity=AssetCheckSeverity.WARN,
        metadata=dict(counts),
    )
