"""A clock that a command sets, and that every process of an installation reads.

Belongs here: compiling what shifts their time of day (`clock.c`), and setting it. Does not belong
here: what happens at which moment.
"""

import shutil
import subprocess
import time
from datetime import datetime
from pathlib import Path

_SOURCE = str(Path(__file__).with_name("clock.c"))


class Clock:
    """A clock in a directory; right until it is set.

    Raises:
        SystemExit: When there is no C compiler.
    """

    def __init__(self, directory: Path) -> None:
        self._file, self._library = directory / "clock", directory / "clock.so"
        compiler = shutil.which("cc")
        if compiler is None:
            raise SystemExit("this needs a C compiler")
        words = [
            compiler,
            "-shared",
            "-fPIC",
            "-O1",
            "-o",
            str(self._library),
            str(_SOURCE),
            "-ldl",
        ]
        subprocess.run(words, check=True)  # noqa: S603 -- our own file
        self._file.write_text("0\n")

    @property
    def environment(self) -> dict[str, str]:
        """What makes a process read it."""
        return {
            "LD_PRELOAD": str(self._library),
            "CLOCK_SHIFT_FILE": str(self._file),
            # The daemon looks whether its threads still live, and a night is over in a moment here.
            "DAGSTER_DAEMON_HEARTBEAT_TOLERANCE": "1000000",
        }

    def set(self, moment: datetime) -> None:
        """Let it be that moment now; from there on it goes as any clock."""
        written = self._file.with_suffix(".new")
        written.write_text(f"{moment.timestamp() - time.time():.0f}\n")
        written.replace(self._file)
