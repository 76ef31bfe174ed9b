"""How what Dagster recorded of a run reads at its end."""

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    DagsterInstance,
    Definitions,
    MaterializeResult,
    asset,
    define_asset_job,
)

from bwp_pipeline.defs.checks import ADVICE
from bwp_pipeline.defs.outcomes import outcome_of

CHECK = "rebuilt_rows_are_as_documented"


def test_a_test_of_dbt_that_warns_reads_as_a_sentence() -> None:
    @asset(check_specs=[AssetCheckSpec(CHECK, asset="facts")])
    def facts() -> MaterializeResult:  # type: ignore[type-arg]
        # As dagster-dbt describes a test.
        result = AssetCheckResult(
            check_name=CHECK,
            passed=False,
            severity=AssetCheckSeverity.WARN,
            metadata={
                "unique_id": f"test.bwp.{CHECK}",
                "invocation_id": "a7b603d0-6247-4b51-b1b7-c7d855bd7841",
                "status": "warn",
                "dagster_dbt/failed_row_count": 2,
            },
        )
        return MaterializeResult(check_results=[result])

    defs = Definitions(assets=[facts], jobs=[define_asset_job("daily")])
    with DagsterInstance.ephemeral() as instance:
        job = defs.resolve_job_def("daily")
        run_id = job.execute_in_process(instance=instance).run_id
        recorded = [log.dagster_event for log in instance.all_logs(run_id) if log.dagster_event]
    assert list(outcome_of(recorded).troubles.values()) == [
        f"{CHECK}: 2 kinds of findings. {ADVICE[CHECK]}"
    ]
