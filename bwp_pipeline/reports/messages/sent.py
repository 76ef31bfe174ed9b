"""What was sent where, so that nothing is sent twice.

Here belongs `sent.json` and its forerunner `told.json`. What is worth sending is decided in `news`
and `outcome`.
"""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec

from bwp_pipeline.storage import plain_file, write_beside

_FILE, _FORERUNNER = "sent.json", "told.json"


class _Content(msgspec.Struct):
    """By channel: the last digest's news, and the troubles sent and not over, by cause."""

    digests: dict[str, str] = {}
    troubles: dict[str, dict[str, str]] = {}
    last_end: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class Sent:
    """The memory in a data directory. `problem` says that it was lost: news may be sent twice."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / _FILE
        self.problem: str | None = None
        self._content = self._read()

    @property
    def last_end(self) -> datetime | None:
        """When the last run ended that people could be notified of."""
        return self._content.last_end

    def knows(self, channel: str, news: str) -> bool:
        """Whether these are the last news sent to the channel."""
        return self._content.digests.get(channel) == news

    def was_stale(self, channel: str) -> bool:
        """Whether the last message to the channel was that the data is not fresh."""
        return self._content.digests.get(channel, "").startswith("stale")

    def note_digest(self, channel: str, news: str) -> None:
        """Note that these news were sent to the channel."""
        self._content.digests[channel] = news
        self._write()

    def troubles(self, channel: str) -> dict[str, str]:
        """The troubles sent to the channel and not over, in words, by cause."""
        return dict(self._content.troubles.get(channel, {}))

    def note_troubles(self, channel: str, troubles: dict[str, str]) -> None:
        """Note that the channel knows of these troubles and that all others are over."""
        self._content.troubles[channel] = troubles
        self._write()

    def note_end(self, at: datetime) -> None:
        """Note that a run ended."""
        self._content.last_end = at
        self._write()

    def _read(self) -> _Content:
        try:
            return msgspec.json.decode(plain_file(self._path).read_bytes(), type=_Content)
        except FileNotFoundError:
            return self._read_forerunner()
        except (OSError, msgspec.MsgspecError, RecursionError):
            self.problem = f"{self._path} can't be read and starts afresh: news may be sent twice"
            return _Content()

    def _read_forerunner(self) -> _Content:
        try:
            content = self._path.with_name(_FORERUNNER).read_bytes()
            return _Content(digests=msgspec.json.decode(content, type=dict[str, str]))
        except (OSError, msgspec.MsgspecError, RecursionError):
            return _Content()

    def _write(self) -> None:
        content = msgspec.json.format(msgspec.json.encode(self._content), indent=1)
        try:
            write_beside(self._path, content)
        except OSError as error:
            # No reason to keep silent.
            self.problem = (
                f"{self._path} can't be written ({error.strerror}): news may be sent twice"
            )
