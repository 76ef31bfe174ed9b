"""What an installation makes of its settings, on an AWS endpoint over HTTP."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from bwp_pipeline.defs.resources import Installation
from bwp_pipeline.settings import Settings, SettingsError
from bwp_pipeline.settings.stores import StoresFileError


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    for name, value in {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    yield url
    server.stop()


def installation(directory: Path, name: str = "bwp/none", **variables: str) -> Installation:
    stores = directory / "stores.yaml"
    stores.write_text(f"stores: {{bp-a: {{secret: {name}}}}}")
    environ = {
        "BWP_ARCHIVE_URL": "s3://events/bwp/",
        "BWP_DATA_DIR": str(directory),
        "BWP_STORES_FILE": str(stores),
        **variables,
    }
    return Installation(lambda: Settings.from_environ(environ))


@pytest.mark.usefixtures("endpoint")
def test_a_stores_credentials_come_from_secrets_manager(tmp_path: Path) -> None:
    boto3.client("secretsmanager").create_secret(
        Name="bwp/store-a",
        SecretString=json.dumps({"client_id": "a", "client_secret": "from-aws"}),
    )

    store = installation(tmp_path, "bwp/store-a").api_settings().stores["bp-a"]

    assert store.client_id == "a"
    assert store.client_secret.get_secret_value() == "from-aws"
    assert "from-aws" not in repr(store)


@pytest.mark.usefixtures("endpoint")
def test_a_secret_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoresFileError, match=r"bwp/none.*ResourceNotFoundException"):
        installation(tmp_path).api_settings()


@pytest.mark.usefixtures("endpoint")
def test_archive_and_lake_lie_where_aws_settings_say(tmp_path: Path) -> None:
    client = boto3.client("s3")
    client.create_bucket(Bucket="events")
    client.put_object(Bucket="events", Key="bwp/2026/03/01/07/object", Body=b"{}")
    it = installation(tmp_path, BWP_LAKE_URL="s3://events/lake/")

    listed = it.archive().list_day(date(2026, 3, 1))

    assert [item.key for item in listed] == ["bwp/2026/03/01/07/object"]
    assert it.lake().days("objects") == []


def test_without_aws_credentials_the_setting_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(SettingsError, match="AWS_ACCESS_KEY_ID is not set"):
        installation(tmp_path).archive()
