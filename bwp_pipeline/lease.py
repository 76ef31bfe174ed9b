"""Leases: who is using something now, known to all its users through files in a shared store.

Belongs here: taking, renewing and giving back a lease, and counting those of others.
Does not belong here: what is shared, or how (`api/shared_pace.py`), or what one has alone
(`claims.py`).

Each holder has a file of its own, named after the machine and process, and rewrites it
regularly. Ages are measured by the store's clock, so no machine's own clock matters. A lease that
is not renewed has ended, and so has one of the future: the store's clock was ahead once.
"""

import os
import socket
import uuid
from datetime import datetime, timedelta

import obstore
from obstore.store import ObjectStore

from bwp_pipeline.storage import list_files, write_whole


class Lease:
    """One holder's lease of `what`, a path in the store.

    It must be renewed every `renewed_every` seconds, and ends after `ends_after` seconds without
    renewal.
    """

    renewed_every = 3.0
    ends_after = 15.0

    def __init__(self, store: ObjectStore, what: str) -> None:
        owner = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._store = store
        self._place = f"leases/{what}"
        self.path = f"{self._place}/{owner}"

    def renew(self) -> int:
        """Take or renew the lease; returns how many hold one, including this one."""
        return len(self.holders())

    def holders(self) -> set[str]:
        """Take or renew the lease; returns the paths of all that count, this one's among them."""
        times = self._written()
        while self.path not in times:
            # Who saw it as it was before takes it for ended.
            times = self._written()
        now = times[self.path]
        longest = timedelta(seconds=self.ends_after)
        ended = [path for path, time in times.items() if abs(now - time) > longest]
        self._delete(ended)
        return times.keys() - ended

    def end(self) -> None:
        """Give the lease back."""
        self._delete([self.path])

    def _written(self) -> dict[str, datetime]:
        """Write it; when each holder last did."""
        write_whole(self._store, self.path, b"")
        return {
            meta["path"]: meta["last_modified"] for meta in list_files(self._store, self._place)
        }

    def _delete(self, paths: list[str]) -> None:
        for path in paths:
            try:
                obstore.delete(self._store, path)
            except FileNotFoundError:
                continue
