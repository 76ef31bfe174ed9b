"""An S3 server on the loopback interface: moto's S3 alone.

moto's own server finds out with each request which of AWS's services is meant, which takes longer
than to answer. Tests of those other services start that one.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

import boto3
import pytest
from moto.moto_server.werkzeug_app import MotoRequestHandler, create_backend_app
from moto.s3.models import s3_backends
from werkzeug.serving import make_server

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class _Handler(MotoRequestHandler):
    """Keeps connections, and sends an answer at once."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True


@contextmanager
def s3_server() -> Iterator[str]:
    """Serve S3 until the block ends; at this URL."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = make_server(
        "127.0.0.1", 0, create_backend_app("s3"), threaded=True, request_handler=_Handler
    )
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def s3_bucket(name: str) -> Iterator["S3Client"]:
    """Serve S3 with one empty bucket, which the environment leads to until the block ends."""
    with s3_server() as url, pytest.MonkeyPatch.context() as patch:
        for variable in [one for one in os.environ if one.startswith("AWS_")]:
            patch.delenv(variable)
        for variable, value in {
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL_S3": url,
        }.items():
            patch.setenv(variable, value)
        s3_backends.reset()
        client = boto3.client("s3")
        client.create_bucket(Bucket=name)
        yield client
        client.close()
