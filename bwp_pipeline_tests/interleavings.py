"""Two runs on one lake in S3, the second between any two steps of the first.

Belongs here: the S3 server, and the hook before each of the first run's operations on the lake that
lets the second run from its beginning to its end. What both do is the tests'.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest

from bwp_pipeline.lake import Lake
from bwp_pipeline_tests.s3_server import s3_server

HOOKED = ("files", "count_rows", "read_file", "write", "create", "delete", "local")
MOST_STEPS = 100


class Died(BaseException):
    """The first run is killed."""


class Hook:
    """Calls `other` before the first run's operation of that number; `reached` says whether."""

    def __init__(self, step: int, other: Callable[[], object]) -> None:
        self.reached = False
        self._left = step
        self._other = other

    def wrap(self, operation: Callable[..., Any]) -> Callable[..., Any]:
        def hooked(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - any operation's
            if not self.reached:
                self._left -= 1
                if self._left < 0:
                    self.reached = True
                    self._other()
            return operation(*arguments, **named)

        return hooked

    @contextmanager
    def on(self, lake: Lake) -> Iterator[None]:
        """Hook this lake's operations until the block ends."""
        with pytest.MonkeyPatch.context() as patch:
            for name in HOOKED:
                patch.setattr(lake, name, self.wrap(getattr(lake, name)), raising=True)
            yield


def steps_of(run: Callable[[int], bool]) -> int:
    """Call `run` with each step in turn, until one is not reached; how many were."""
    step = 0
    while run(step):
        step += 1
        assert step < MOST_STEPS
    return step


@contextmanager
def served_s3(bucket: str) -> Iterator[None]:
    """An S3 server with that bucket, which the environment names until the block ends."""
    with s3_server() as url, pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        for name, value in {
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL_S3": url,
        }.items():
            patch.setenv(name, value)
        boto3.client("s3").create_bucket(Bucket=bucket)
        yield
