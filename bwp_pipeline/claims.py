"""Claims: what one process has alone, of things that many processes share, on any machines.

Belongs here: claiming things for a while and giving them back. Does not belong here: what is
claimed (`api/due_fetch.py`), or who shares what with whom (`lease.py`).

A claim is a numbered file that names its owner's lease; it is empty once it was given back. A file
is only made where none has its number, and the highest number counts: so of all who want the next
number one gets it. The claim of an owner whose lease has ended counts no more.
"""

from collections.abc import Iterable
from contextlib import suppress
from threading import Event, Thread
from typing import Self
from urllib.parse import quote

import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore

from bwp_pipeline.lease import Lease
from bwp_pipeline.storage import list_files, write_whole


class Claims:
    """What this process has alone, of everything of one kind in the store, such as "api".

    Use it as a context manager: meanwhile its lease is renewed, and at the end all is given back.
    """

    def __init__(self, store: ObjectStore, kind: str) -> None:
        self._store = store
        self._place = f"claims/{kind}"
        self._lease = Lease(store, self._place)
        self._taken: dict[str, str] = {}
        self._ended = Event()
        self._renewing = Thread(target=self._renew, daemon=True)

    def __enter__(self) -> Self:
        self._lease.renew()
        self._renewing.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._renewing.join()
        # Where the store is away, the lease ends by itself, and the claims with it.
        with suppress(BaseError, OSError):
            self.give_back()
            self._lease.end()

    def take(self, things: Iterable[str]) -> set[str]:
        """Claim these things; returns those that nobody else has."""
        holders = self._lease.holders()
        return {thing for thing in things if thing in self._taken or self._take(thing, holders)}

    def give_back(self) -> None:
        """Let others have all that was taken."""
        while self._taken:
            _, path = self._taken.popitem()
            write_whole(self._store, path, b"")

    def _take(self, thing: str, holders: set[str]) -> bool:
        place = f"{self._place}/{quote(thing, safe='')}"
        before = self._numbers(place)
        number = max(before, default=0)
        if number:
            try:
                content = bytes(obstore.get(self._store, before[number]).bytes())
            except FileNotFoundError:
                # Only who has the next one deletes it.
                return False
            owner = content.decode(errors="replace")
            # It may have come since the holders were listed.
            if owner in holders or owner in self._lease.holders():
                return False
        path = f"{place}/{number + 1:09}"
        if not write_whole(self._store, path, self._lease.path.encode(), replace=False):
            return False
        present = self._numbers(place)
        if max(present, default=0) > number + 1:
            # The number was taken before, and its file is gone since.
            obstore.delete(self._store, path)
            return False
        for other in present.keys() - {number + 1}:
            with suppress(FileNotFoundError):
                obstore.delete(self._store, present[other])
        self._taken[thing] = path
        return True

    def _numbers(self, place: str) -> dict[int, str]:
        listed = (meta["path"] for meta in list_files(self._store, place))
        named = {path.rpartition("/")[2]: path for path in listed}
        # Other programs leave files of theirs beside ours.
        return {int(name): path for name, path in named.items() if name.isdecimal()}

    def _renew(self) -> None:
        while not self._ended.wait(self._lease.renewed_every):
            with suppress(BaseError, OSError):
                self._lease.renew()
