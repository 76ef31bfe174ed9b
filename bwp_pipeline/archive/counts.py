"""What was found in objects.

Belongs here: the numbers, and adding them up.
Does not belong here: finding anything.
"""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Counts:
    """Objects read, their bytes, and their records: events, others by kind, quarantined.

    `denied` gives the reason when every object was denied and none was read; `by_another` says that
    another run has read them meanwhile.
    """

    objects_read: int = 0
    bytes: int = 0
    events: int = 0
    others: Counter[str] = field(default_factory=Counter)
    quarantined: int = 0
    denied: str | None = None
    by_another: bool = False

    def add(self, more: "Counts") -> None:
        """Count what was found elsewhere too."""
        self.objects_read += more.objects_read
        self.bytes += more.bytes
        self.events += more.events
        self.others += more.others
        self.quarantined += more.quarantined
