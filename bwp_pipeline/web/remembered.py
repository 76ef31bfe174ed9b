"""Results kept for the next who asks, each made at most once however many ask at a time.

Belongs here: keeping, and forgetting the least asked for. Does not belong here: what is kept, and
how long it is true; a key says both.
"""

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from typing import TypeVar

_Made = TypeVar("_Made")


class Remembered:
    """At most so many results, by their keys."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[object, Future[object]] = OrderedDict()
        self._lock = Lock()

    def once(self, key: object, make: Callable[[], _Made]) -> _Made:
        """What `make` gave for this key; it is called again after it raised."""
        with self._lock:
            found = self._kept.get(key)
            future: Future[object] = Future() if found is None else found
            self._kept[key] = future
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        if found is None:
            try:
                future.set_result(make())
            except BaseException as error:
                with self._lock:
                    self._kept.pop(key, None)
                future.set_exception(error)
                raise
        return future.result()  # type: ignore[return-value]  # made by this very key's function
