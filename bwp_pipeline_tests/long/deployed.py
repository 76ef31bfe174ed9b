# ruff: noqa: S603 -- it starts our own programs
"""The pipeline as someone operates it: Dagster's processes, an archive, the API, mail and Slack.

Belongs here: starting and stopping these, and what people have received. Does not belong here: what
is done with them (`three_days.py`, `dagster_ui.py`).
"""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from importlib.resources import files
from pathlib import Path
from typing import Any

from bwp_pipeline.sandbox import World, create_app, run_server, write_archive
from bwp_pipeline.sandbox.command import settings
from bwp_pipeline_tests.servers.message_receivers import Mailbox, receiving_mail, receiving_posts
from bwp_pipeline_tests.whole.canaries import Search, reveals, secret_settings


@dataclass(frozen=True)
class Deployed:
    """An installation below `root`; `environment` is that of every process of it."""

    root: Path
    environment: Mapping[str, str]
    mailbox: Mailbox
    posts: list[dict[str, Any]]

    @property
    def archive(self) -> Path:
        """The archive's directory."""
        return self.root / "archive"

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.root / "data"

    @contextmanager
    def program(self, name: str, *words: str) -> Iterator[Path]:
        """Run a program of the virtual environment meanwhile; yields the file of what it prints."""
        log = self.root / f"{name}.log"
        command = [str(Path(sys.executable).with_name(name)), *words]
        with (
            log.open("ab") as output,
            subprocess.Popen(
                command, env=self.environment, cwd=self.root, stdout=output, stderr=output
            ) as process,
        ):
            try:
                yield log
            finally:
                process.terminate()
                try:
                    process.wait(60)
                except subprocess.TimeoutExpired:
                    process.kill()

    def mails(self) -> list[tuple[str, str]]:
        """Subject and text of each e-mail received, in their order."""
        found = []
        for content in self.mailbox.contents:
            given = content if isinstance(content, bytes) else content.encode()
            message = message_from_bytes(given, policy=policy.default)
            body = message.get_body(("plain",))
            found.append((str(message["Subject"]), "" if body is None else str(body.get_content())))
        return found

    def slack_texts(self) -> list[str]:
        """The text of each message that Slack has got, in their order."""
        return [
            "\n".join(block["text"]["text"] for block in post["blocks"] if "text" in block)
            for post in self.posts
        ]

    def search(self) -> Search:
        """Look for secrets in all that was left, printed and sent."""
        search = Search().of(self.root, given={self.root / "stores.yaml"})
        sent = [*(words for mail in self.mails() for words in mail), *self.slack_texts()]
        search.found += [f"a message: {words}" for words in sent if reveals(words)]
        return search


@contextmanager
def deployed(root: Path, world: World, environment: Mapping[str, str]) -> Iterator[Deployed]:
    """An installation on a world, with its archive written, and nothing of Dagster running yet."""
    home = root / "home"
    home.mkdir()
    (home / "dagster.yaml").write_bytes((files("bwp_pipeline.defs") / "dagster.yaml").read_bytes())
    write_archive(world, root / "archive")
    with (
        run_server(create_app(world)) as api,
        receiving_mail() as (mailbox, smtp_url),
        receiving_posts() as (posts, slack_url),
    ):
        yield Deployed(
            root,
            {
                **environment,
                **settings(world, api, f"{(root / 'archive').as_uri()}/", root),
                # Without a password for e-mail: the server has no TLS.
                **secret_settings(posts=slack_url),
                "BWP_DATA_DIR": str(root / "data"),
                "DAGSTER_HOME": str(home),
                "BWP_SMTP_URL": smtp_url,
            },
            mailbox,
            posts,
        )


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def wait_until(what: str, holds: Callable[[], bool], seconds: int = 500) -> None:
    """Wait for something that another process brings about.

    Raises:
        TimeoutError: When it takes too long; its text is `what`.
    """
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds} s in vain for {what}")
        time.sleep(1)
