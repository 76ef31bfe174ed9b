"""`bwp serve`: the managers' page live, on loopback unless told otherwise.

Belongs here: where the server listens and what it prints about that. Does not belong here: its
pages.
"""

import socket
import sys
from collections.abc import Sequence

from bwp_pipeline.commands.arguments import OneLineParser, port
from bwp_pipeline.settings import ServeSettings


def main(words: Sequence[str]) -> int:
    """Serve the page until stopped; returns one of `Exit`."""
    parser = OneLineParser(
        prog="bwp serve",
        description=(
            "Serve the managers' page live, from the data directory alone: it needs no key of the"
            " API or the archive. Only this machine can reach it, unless --host says otherwise."
        ),
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=port, default=8321, help="port, 0 for any (8321)")
    parser.add_argument(
        "--name",
        action="append",
        default=[],
        metavar="HOST",
        help="another host name that browsers use for it, such as a proxy's",
    )
    arguments = parser.parse_args(words)
    return serve(
        ServeSettings.from_environ(), arguments.host, arguments.port, tuple(arguments.name)
    )


def serve(settings: ServeSettings, host: str, port: int, names: tuple[str, ...]) -> int:
    """Serve until stopped.

    Args:
        settings: The page's.
        host: The address to listen on.
        port: The port, 0 for any free one.
        names: Further host names that browsers use for it, such as a proxy's.

    Returns:
        0 when stopped, 1 when the address is not available.
    """
    # Their import takes half a second, which no other command needs.
    import uvicorn  # noqa: PLC0415

    from bwp_pipeline.reports.language import speak  # noqa: PLC0415
    from bwp_pipeline.web.app import create_app  # noqa: PLC0415

    # Every request runs in a copy of this context.
    speak(settings.locale)
    credentials = settings.credentials
    app = create_app(
        settings.published_path,
        settings.data_dir,
        credentials=None if credentials is None else credentials.get_secret_value(),
        hosts=("localhost", "127.0.0.1", "[::1]", host, *names),
    )
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
        except OSError as error:
            print(f"bwp: {host}:{port} is not available: {error.strerror}", file=sys.stderr)
            return 1
        shown = f"[{host}]" if ":" in host else host
        print(f"http://{shown}:{listening.getsockname()[1]}/ until Ctrl+C", flush=True)
        uvicorn.Server(
            uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
        ).run(sockets=[listening])
    return 0
