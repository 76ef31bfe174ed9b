"""An S3 server on the loopback interface: moto's S3 alone.

moto's own server finds out with each request which of AWS's services is meant, which takes longer
than to answer. Tests of those other services start that one.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from moto.moto_server.werkzeug_app import MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server


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
