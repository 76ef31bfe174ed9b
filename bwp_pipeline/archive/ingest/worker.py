"""A second process that does jobs as well: each can decode on one core only.

Belongs here: when it is worth starting, and sharing jobs with it.
Does not belong here: what a job is.
"""

import os
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread
from typing import Self

from obstore.store import LocalStore, S3Store

from bwp_pipeline import lean_imports
from bwp_pipeline.archive.counts import Counts
from bwp_pipeline.archive.ingest.job import Job, read_job
from bwp_pipeline.storage import portable

WORTH_STARTING = 16 * 1024 * 1024
"""Bytes, as listed, from which a second process saves more time than it takes to start."""
_OBJECT = 4 * 1024
"""Bytes that can be read in the time it takes to request an object."""
_AHEAD = 2

Done = Callable[[Job, Counts], None]
"""Called with each job that is done, and what it found."""


def read_jobs(jobs: Sequence[Job], report: Callable[[Counts], None], done: Done) -> None:
    """Do all jobs.

    Args:
        jobs: The batches to read.
        report: Called with what was found, after each object or after several.
        done: Called after each job.

    Raises:
        ArchiveUnreachable: As `read_job`; a job still under way elsewhere does not count.
    """
    waiting = deque(jobs)
    if _is_worth_starting(jobs):
        with _Worker(waiting, report, done) as second:
            while waiting:
                job = waiting.popleft()
                done(job, read_job(job, second.report))
            second.finish()
    for job in waiting:
        done(job, read_job(job, report))


class _Worker:
    """Takes waiting jobs whenever something is reported here."""

    def __init__(self, waiting: deque[Job], report: Callable[[Counts], None], done: Done) -> None:
        self._waiting = waiting
        self._report = report
        self._done = done
        self._under_way: deque[Job] = deque()
        self._is_there = True

    def __enter__(self) -> Self:
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-c", program(theirs.fileno())]
        # Arrow's own allocators and per-thread arenas hold on to freed memory.
        variables = os.environ | {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "2"}
        self._process = subprocess.Popen(  # noqa: S603
            command, env=variables, pass_fds=[theirs.fileno()]
        )
        theirs.close()
        self._connection = Connection(ours.detach())
        return self

    def __exit__(self, *_: object) -> None:
        # It exits when its input ends.
        self._connection.close()
        self._process.wait()

    def report(self, found: Counts) -> None:
        """Report what was found here, and attend to the other process."""
        self._report(found)
        while self._is_there and self._connection.poll():
            self._take()

    def finish(self) -> None:
        """Wait for what is under way."""
        while self._under_way:
            self._take()

    def _give(self) -> None:
        # The last jobs aren't reserved for it: whoever is free first takes them.
        while self._waiting and len(self._under_way) < min(_AHEAD, len(self._waiting)):
            job = self._waiting.popleft()
            self._under_way.append(job)
            self._connection.send(_portable(job))

    def _take(self) -> None:
        try:
            answer = self._connection.recv()
            if isinstance(answer, Exception):
                raise answer
            # The first one only says that it is ready.
            if answer is not None:
                self._report(answer)
                self._done(self._under_way.popleft(), answer)
            self._give()
        except (EOFError, ConnectionError):
            # It was killed, perhaps for lack of memory. Its unfinished job doesn't count.
            self._is_there = False
            self._waiting.extend(self._under_way)
            self._under_way.clear()


def _is_worth_starting(jobs: Sequence[Job]) -> bool:
    return (
        len(jobs) > 1
        and sum(job.size + len(job.objects) * _OBJECT for job in jobs) >= WORTH_STARTING
        and _cores() > 1
        and isinstance(jobs[0].archive.store, LocalStore | S3Store)
        and isinstance(jobs[0].lake.store, LocalStore | S3Store)
    )


def _cores() -> int:
    """The cores that this process may use, where the system says so."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _portable(job: Job) -> Job:
    archive = replace(job.archive, store=portable(job.archive.store))
    return replace(job, archive=archive, lake=job.lake.portable())


def program(socket_number: int) -> str:
    """What the second process runs.

    A fork would lack the store's threads, and multiprocessing would import whatever program this
    is. pyarrow would spend a tenth of a second on numpy and pandas, for types that aren't used.
    """
    lean = f"from {lean_imports.__name__} import without; without('numpy', 'pandas')"
    return f"{lean}; from {__name__} import serve; serve({socket_number})"


def serve(socket_number: int) -> None:
    """Do incoming jobs one after the other until the other end is closed."""
    connection = Connection(socket_number)
    jobs: SimpleQueue[Job] = SimpleQueue()
    # The sender waits until this is read, and has other work to do.
    Thread(target=_receive, args=(connection, jobs), daemon=True).start()
    connection.send(None)
    while True:
        try:
            answer: Counts | Exception = read_job(jobs.get())
        except Exception as error:  # noqa: BLE001 - it is raised where the job came from
            answer = error
        with suppress(ConnectionError):
            connection.send(answer)


def _receive(connection: Connection, jobs: SimpleQueue[Job]) -> None:
    try:
        while True:
            jobs.put(connection.recv())
    finally:
        # The other end is gone or can't be understood: what is under way doesn't count.
        os._exit(0)
