"""What `deploy/` holds is in itself right: templates, units, and files that name one another.

That an image can be built and a stack runs in a real account isn't shown here.
"""

import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from moto import mock_aws

from bwp_pipeline.warehouse import dbt_project
from bwp_pipeline_tests.servers.cloudformation import (
    TEMPLATES,
    create_stack,
    lint_findings,
    read_template,
    teach_moto,
)

ROOT = TEMPLATES.parent
COMPOSE = TEMPLATES / "compose"


def test_the_scheduled_task_is_created(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lint_findings("ecs/template.yaml") == []
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    teach_moto(monkeypatch)
    with mock_aws():
        ec2 = boto3.client("ec2")
        subnets = ec2.describe_subnets()["Subnets"]
        reads = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::archive/*"}
        policy = boto3.client("iam").create_policy(
            PolicyName="read-archive",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [reads]}),
        )
        outputs, ids = create_stack(
            read_template("ecs/template.yaml"),
            {
                "Image": "registry.example.com/bwp-pipeline:0.1.0",
                "ArchiveUrl": "s3://archive/bwp-events/",
                "ReadPolicyArn": policy["Policy"]["Arn"],
                "TargetId": "bp-1",
                "Credentials": "arn:aws:secretsmanager:us-east-1:111122223333:secret:bwp-AbCdEf",
                "TimeZone": "America/New_York",
                "Vpc": subnets[0]["VpcId"],
                "SubnetA": subnets[0]["SubnetId"],
                "SubnetB": subnets[1]["SubnetId"],
                "AlarmEmail": "ann@example.com",
            },
        )
        assert set(ids) == set(read_template("ecs/template.yaml")["Resources"])
        schedule = boto3.client("scheduler").get_schedule(Name=ids["Schedule"])
        task = boto3.client("ecs").describe_task_definition(
            taskDefinition=outputs["TaskDefinition"]
        )["taskDefinition"]
    assert schedule["ScheduleExpression"] == "cron(0 6 * * ? *)"
    assert schedule["ScheduleExpressionTimezone"] == "America/New_York"
    assert schedule["Target"]["EcsParameters"]["TaskDefinitionArn"] == task["taskDefinitionArn"]
    (container,) = task["containerDefinitions"]
    assert container["readonlyRootFilesystem"]
    assert [point["containerPath"] for point in container["mountPoints"]] == _volumes_of_image()


@pytest.mark.parametrize("template", ["archive/template.yaml", "ecs/template.yaml"])
def test_a_template_lets_nobody_do_everything(template: str) -> None:
    for statement in _statements(read_template(template)):
        if statement["Effect"] == "Allow":
            assert "*" not in str(statement["Action"])
            assert statement.get("Resource") != "*"


def _volumes_of_image() -> list[str]:
    (volumes,) = re.findall(r"^VOLUME (.*)", (TEMPLATES / "Dockerfile").read_text(), re.MULTILINE)
    paths: list[str] = json.loads(volumes)
    return paths


def _statements(part: object) -> list[dict[str, Any]]:
    if isinstance(part, list):
        return [found for item in part for found in _statements(item)]
    if not isinstance(part, dict):
        return []
    if "Effect" in part:
        return [part]
    return [found for item in part.values() for found in _statements(item)]


def test_only_the_pipelines_container_has_the_credentials() -> None:
    services = _yaml("compose.yaml")["services"]
    assert [name for name, service in services.items() if "env_file" in service] == ["pipeline"]
    for service in services.values():
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert service["healthcheck"]["test"][0] == "CMD"


def test_files_that_compose_mounts_exist() -> None:
    for name in ("compose.yaml", "compose.postgres.yaml"):
        for service in _yaml(name)["services"].values():
            mounts = [volume.split(":")[0] for volume in service["volumes"]]
            assert all((COMPOSE / path).is_file() for path in mounts if path.startswith("."))


def test_postgres_changes_dagsters_storage_and_nothing_else() -> None:
    plain, postgres = _yaml("../../bwp_pipeline/defs/dagster.yaml"), _yaml("dagster.postgres.yaml")
    assert postgres.pop("storage")
    assert plain == postgres


def test_the_example_names_settings_that_exist() -> None:
    names = re.findall(r"^(BWP_\w+)=", (COMPOSE / "example.env").read_text(), re.MULTILINE)
    readme = (ROOT / "README.md").read_text()
    assert names
    assert all(f"`{name}`" in readme for name in names)


def test_the_image_is_made_of_everything_that_the_wheel_needs() -> None:
    # Of a folder everything goes in, but for what is made in it.
    kept = {
        line.removeprefix("!")
        for line in (TEMPLATES / "Dockerfile.dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert kept >= {"pyproject.toml", project["project"]["readme"], *wheel["packages"]}
    included = {path.partition("/")[0] for path in wheel["force-include"]}
    assert kept >= {*project["project"]["license-files"], *included}


def test_an_installed_wheel_finds_its_project_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Its hash, by which it finds it, must be the one under which the checkout's was put in.
    parsed = dbt_project.project_hash()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for source in project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]:
        copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copyfile
        (tmp_path / source).parent.mkdir(exist_ok=True)
        copy(ROOT / source, tmp_path / source)
    monkeypatch.setattr(dbt_project, "dbt_project_dir", lambda: tmp_path / "dbt_project")
    assert dbt_project.project_hash() == parsed


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd")
def test_systemd_takes_service_and_timer(tmp_path: Path) -> None:
    for unit in ("bwp.service", "bwp.timer"):
        text = (TEMPLATES / "systemd" / unit).read_text()
        # The program must exist, and isn't installed here.
        (tmp_path / unit).write_text(text.replace("/opt/bwp/bin/bwp", "/bin/true"))
    verified = subprocess.run(  # noqa: S603 -- our own files
        ["systemd-analyze", "verify", tmp_path / "bwp.service", tmp_path / "bwp.timer"],  # noqa: S607 -- wherever it is
        capture_output=True,
        text=True,
        check=False,
    )
    assert (verified.returncode, verified.stderr) == (0, "")


def _yaml(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((COMPOSE / name).read_text())
    return content
