"""The archive that `deploy/archive/` makes: created against moto, and read by the pipeline."""

import contextlib
import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import boto3
import obstore
import pytest
from moto import mock_aws
from moto.core.authorization import enable_iam_authentication
from obstore.exceptions import PermissionDeniedError

from bwp_pipeline.archive import ArchiveUnreachable, ingest_days, open_archive
from bwp_pipeline.lake import Lake
from bwp_pipeline.sandbox import World, create_app, run_server, write_archive
from bwp_pipeline.sandbox.command import settings
from bwp_pipeline.settings import Settings
from bwp_pipeline_tests.examples.archive_samples import event, text
from bwp_pipeline_tests.servers.cloudformation import (
    create_stack,
    lint_findings,
    read_template,
    teach_moto,
)
from bwp_pipeline_tests.servers.s3_server import s3_server

# A real one is named aws.partner/buywithprime…; moto takes what follows a bus's last slash for its
# name, and finds no bus with a slash again.
SOURCE = "my-shop"
DAY = date(2026, 11, 19)


@dataclass(frozen=True)
class Stack:
    """The created stack: outputs, and physical ids by logical id."""

    outputs: dict[str, str]
    ids: dict[str, str]


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        patch.setenv("AWS_ACCESS_KEY_ID", "key")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        teach_moto(patch)
        boto3.client("events").create_partner_event_source(Name=SOURCE, Account="123456789012")
        template = read_template("archive/template.yaml")
        made = create_stack(
            template, {"PartnerEventSource": SOURCE, "AlarmEmail": "ann@example.com"}
        )
        yield Stack(*made)


def test_the_template_is_valid() -> None:
    assert lint_findings("archive/template.yaml") == []


def test_everything_is_created(stack: Stack) -> None:
    assert set(stack.ids) == set(read_template("archive/template.yaml")["Resources"])


def test_every_setting_that_reading_the_archive_takes_is_an_output(stack: Stack) -> None:
    environ = {
        "BWP_ARCHIVE_URL": stack.outputs["ArchiveUrl"],
        "BWP_ARCHIVE_LAYOUT": stack.outputs["ArchiveLayout"],
        "BWP_CLIENT_ID": "id",
        "BWP_CLIENT_SECRET": "secret",
        "BWP_TARGET_ID": "bp-1",
    }
    settings = Settings.from_environ(environ)
    assert settings.archive_url == f"s3://{stack.ids['Bucket']}/bwp-events/"
    del environ["BWP_ARCHIVE_LAYOUT"]
    assert Settings.from_environ(environ).archive_layout == settings.archive_layout


def test_objects_are_gzip_lines_filed_by_utc_day_with_errors_beside_the_days(stack: Stack) -> None:
    to_s3 = destination(stack)
    assert to_s3["CompressionFormat"] == "GZIP"
    assert to_s3["Prefix"] == "bwp-events/!{timestamp:yyyy/MM/dd}/"
    assert to_s3["ErrorOutputPrefix"] == (
        "bwp-events/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/"
    )
    (processor,) = to_s3["ProcessingConfiguration"]["Processors"]
    assert processor["Type"] == "AppendDelimiterToRecord"


def test_live_events_go_to_the_stream_and_replays_only_when_asked_to(stack: Stack) -> None:
    events = boto3.client("events")
    rules = {rule["Name"]: rule for rule in events.list_rules(EventBusName=SOURCE)["Rules"]}
    patterns = {name: json.loads(rule["EventPattern"]) for name, rule in rules.items()}
    source = [{"prefix": "aws.partner/buywithprime"}]
    assert patterns["bwp-live"] == {"source": source, "replay-name": [{"exists": False}]}
    assert patterns["bwp-replayed"] == {"source": source, "replay-name": [{"exists": True}]}
    assert (rules["bwp-live"]["State"], rules["bwp-replayed"]["State"]) == ("ENABLED", "DISABLED")
    for name in ("bwp-live", "bwp-replayed"):
        (target,) = events.list_targets_by_rule(Rule=name, EventBusName=SOURCE)["Targets"]
        assert target["Arn"].endswith(f":deliverystream/{stack.ids['Stream']}")
        assert "DeadLetterConfig" in target


def test_the_bucket_is_encrypted_and_closed_to_the_public(stack: Stack) -> None:
    s3, bucket = boto3.client("s3"), stack.ids["Bucket"]
    (rule,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    # Moto's CloudFormation leaves this part out.
    properties = read_template("archive/template.yaml")["Resources"]["Bucket"]["Properties"]
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    (statement,) = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
    assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")


def test_each_alarm_is_sent_and_its_end_too(stack: Stack) -> None:
    alarms = boto3.client("cloudwatch").describe_alarms()["MetricAlarms"]
    topic = stack.outputs["AlarmsTopicArn"]
    assert {alarm["MetricName"] for alarm in alarms} == {
        "DeliveryToS3.DataFreshness",
        "DeliveryToS3.Success",
        "FailedInvocations",
        "ApproximateNumberOfMessagesVisible",
        "IncomingRecords",
    }
    assert all(alarm["AlarmActions"] == alarm["OKActions"] == [topic] for alarm in alarms)


def test_what_firehose_writes_is_read_with_the_roles_permissions_and_no_others(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3, bucket = boto3.client("s3"), stack.ids["Bucket"]
    # Moto holds every condition for fulfilled, that of the policy against plain HTTP too.
    s3.delete_bucket_policy(Bucket=bucket)
    key = destination(stack)["Prefix"].replace("!{timestamp:yyyy/MM/dd}", f"{DAY:%Y/%m/%d}")
    lines = b"".join(text(event(number)) + b"\n" for number in range(3))
    s3.put_object(Bucket=bucket, Key=f"{key}stream-1-a.gz", Body=gzip.compress(lines))
    s3.put_object(Bucket=bucket, Key="elsewhere/2026/11/19/b", Body=text(event(3)))
    take_role(stack, monkeypatch)
    lake = Lake(f"file://{tmp_path}/lake/")
    with s3_endpoint(monkeypatch), enable_iam_authentication():
        archive = open_archive(stack.outputs["ArchiveUrl"], stack.outputs["ArchiveLayout"])
        (counts,) = ingest_days(archive, lake, [DAY], "run-1")
        with pytest.raises(ArchiveUnreachable):
            ingest_days(
                open_archive(f"s3://{bucket}/elsewhere/", "%Y/%m/%d/"), lake, [DAY], "run-2"
            )
        with pytest.raises(PermissionDeniedError):
            obstore.put(archive.store, f"{key}c", b"")
    assert (counts.events, counts.quarantined) == (3, 0)


def test_bwp_run_makes_its_reports_with_the_roles_permissions_and_no_others(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3, bucket = boto3.client("s3"), stack.ids["Bucket"]
    s3.delete_bucket_policy(Bucket=bucket)
    world = World(seed=3, days=1, orders_per_day=20, end=DAY)
    counts = write_archive(world, tmp_path / "written")
    for name in counts.keys:
        day, hour, file = name.rsplit("/", 2)
        key = destination(stack)["Prefix"].replace("!{timestamp:yyyy/MM/dd}", day)
        content = (tmp_path / "written" / name).read_bytes()
        s3.put_object(Bucket=bucket, Key=f"{key}{hour}-{file}", Body=content)
    (first,) = map(date.isoformat, counts.days)
    take_role(stack, monkeypatch)
    with (
        run_server(create_app(world)) as api,
        s3_endpoint(monkeypatch),
        enable_iam_authentication(),
    ):
        environ = {
            **os.environ,
            **settings(world, api, stack.outputs["ArchiveUrl"], tmp_path),
            "BWP_ARCHIVE_LAYOUT": stack.outputs["ArchiveLayout"],
            "BWP_DATA_DIR": str(tmp_path / "data"),
        }
        ended = subprocess.run(  # noqa: S603 -- this interpreter
            [sys.executable, "-m", "bwp_pipeline.cli", "run", "--from", first, "--to", first],
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
    assert ended.returncode == 0, ended.stderr
    lake = Lake(f"file://{tmp_path}/data/lake/")
    assert lake.read("events").num_rows == counts.events > 0
    assert (tmp_path / "data/reports/latest/bwp_report.html").exists()


def destination(stack: Stack) -> dict[str, Any]:
    """Where the created stream writes, as Firehose describes it."""
    described = boto3.client("firehose").describe_delivery_stream(
        DeliveryStreamName=stack.ids["Stream"]
    )
    (only,) = described["DeliveryStreamDescription"]["Destinations"]
    described_to_s3: dict[str, Any] = only["ExtendedS3DestinationDescription"]
    return described_to_s3


def take_role(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    role = boto3.client("sts").assume_role(
        RoleArn=stack.outputs["PipelineRoleArn"], RoleSessionName="pipeline"
    )
    taken = role["Credentials"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", taken["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", taken["SecretAccessKey"])
    monkeypatch.setenv("AWS_SESSION_TOKEN", taken["SessionToken"])


@contextlib.contextmanager
def s3_endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The stack's S3 over HTTP, where the pipeline's client can reach it."""
    with s3_server() as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", url)
        yield
