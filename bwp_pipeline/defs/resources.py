"""The installation that a run works on: its settings, and the places and accounts they name.

Belongs here: turning settings and dagster-aws' resources into an archive, a lake and stores.
Does not belong here: what is done with them.
"""

import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from dagster import BetaWarning
from obstore.store import ObjectStore

from bwp_pipeline.archive import Archive, open_archive
from bwp_pipeline.defs.turns import turn
from bwp_pipeline.lake import Lake
from bwp_pipeline.settings import Settings, SettingsError
from bwp_pipeline.settings.stores import StoresFileError, with_credentials
from bwp_pipeline.storage import bucket_url, open_store

if TYPE_CHECKING:
    from dagster_aws.s3 import S3Resource
    from dagster_aws.secretsmanager import SecretsManagerResource


class Installation:
    """Everything that an asset needs from outside, made when it is asked for.

    Args:
        read_settings: Gives the settings; called once, at the first use.
        s3: AWS settings and credentials for the archive and the lake.
        secrets: Where stores' credentials are kept, if the stores file says so.
    """

    def __init__(
        self,
        read_settings: Callable[[], Settings] = Settings.from_environ,
        s3: "S3Resource | None" = None,
        secrets: "SecretsManagerResource | None" = None,
    ) -> None:
        self._read_settings = read_settings
        self._given_s3 = s3
        self._given_secrets = secrets

    @cached_property
    def settings(self) -> Settings:
        """The settings.

        Raises:
            SettingsError: When one is missing or impossible.
        """
        return self._read_settings()

    @cached_property
    def _s3(self) -> "S3Resource":
        from dagster_aws.s3 import S3Resource  # noqa: PLC0415 -- slow, and directories need none

        return self._given_s3 or S3Resource()

    @cached_property
    def _secrets(self) -> "SecretsManagerResource":
        from dagster_aws.secretsmanager import SecretsManagerResource  # noqa: PLC0415 -- as above

        if self._given_secrets is not None:
            return self._given_secrets
        with warnings.catch_warnings():
            # Dagster calls it beta, which nobody who operates this can change.
            warnings.simplefilter("ignore", BetaWarning)
            return SecretsManagerResource()

    def archive(self) -> Archive:
        """Where the events are archived."""
        url = self.settings.archive_url
        return open_archive(
            url,
            self.settings.archive_layout,
            self._store(bucket_url(url)),
            columnar_memory=self.settings.columnar_megabytes * 1024 * 1024,
        )

    def lake(self) -> Lake:
        """The bronze layer."""
        url = self.settings.lake_url
        return Lake(
            url,
            self._store(url),
            cache=self.settings.data_dir / "lake_cache",
            keeps_detail=self.settings.keep_detail,
        )

    def reports_store(self) -> ObjectStore:
        """Where finished reports are delivered to, `BWP_REPORTS_URL`."""
        url = self.settings.reports_url or self.settings.reports_dir.as_uri()
        return self._store(url) or open_store(url)

    def lake_among_others(self) -> AbstractContextManager[None]:
        """The turn of a run that adds to the lake, as others on this machine do at the same time.

        None of them loses another's rows; meanwhile nobody has the lake to itself.
        """
        return turn(self.settings.data_dir / "lake.lock", "its turn at the lake", with_others=True)

    def lake_to_itself(self) -> AbstractContextManager[None]:
        """The turn of who takes rows out of the lake: nobody here adds any meanwhile."""
        return turn(self.settings.data_dir / "lake.lock", "its turn at the lake")

    def api_settings(self) -> Settings:
        """The settings, with the credentials that stores keep in AWS Secrets Manager.

        Raises:
            StoresFileError: When a secret can't be read or is not of the documented form.
        """

        def read_secret(name: str) -> str:
            try:
                answer = self._secrets.get_client().get_secret_value(SecretId=name)
            except (BotoCoreError, ClientError) as error:
                raise StoresFileError(f"can't read the secret {name!r}: {error}") from error
            return str(answer.get("SecretString"))

        return replace(self.settings, stores=with_credentials(self.settings.stores, read_secret))

    def warehouse_to_itself(self) -> AbstractContextManager[None]:
        """One run at a time works on the warehouse.

        The schedule catches up on missed days with several runs at once, and a DuckDB file has one
        writing process.
        """
        return turn(self.settings.data_dir / "warehouse.lock", "its turn at the warehouse")

    def _store(self, url: str) -> ObjectStore | None:
        """The S3 place that the URL names, with the resource's settings; None for a directory.

        Raises:
            SettingsError: When there are no AWS credentials.
        """
        if urlsplit(url).scheme != "s3":
            return None
        session = boto3.Session(
            profile_name=self._s3.profile_name,
            aws_access_key_id=self._s3.aws_access_key_id,
            aws_secret_access_key=self._s3.aws_secret_access_key,
            aws_session_token=self._s3.aws_session_token,
            region_name=self._s3.region_name,
        )
        if session.get_credentials() is None:
            raise SettingsError(
                "AWS_ACCESS_KEY_ID",
                f"is not set, and no other AWS credentials were found for {url}",
                "AKIA… with AWS_SECRET_ACCESS_KEY, or AWS_PROFILE=…",
            )
        return open_store(url, session, self._s3.get_client())
