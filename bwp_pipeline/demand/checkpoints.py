"""What the model knows after some days of a store, kept so that a later run goes on from there.

Belongs here: checkpoints as bytes, and which model made them. Does not belong here: where they are
kept (`bwp_pipeline/warehouse/former_states.py`), or the days that follow (`shop_history`).
"""

import hashlib
import zipfile
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any

import numpy as np
import scipy

from bwp_pipeline.demand.memory import Memory
from bwp_pipeline.demand.pace import ShopPace
from bwp_pipeline.demand.status import Episodes

EVERY_DAYS = 14
"""Days of a store between two checkpoints that are kept: one of 5,000 products takes a megabyte,
and living through thirteen days again a quarter of a second."""


@dataclass(frozen=True)
class Checkpoint:
    """All that the numbers of later days rest on, besides what happens on these days.

    Attributes:
        days: how many days of the store the model has lived through.
        memory: what it carries from day to day.
        episodes: outages so far.
    """

    days: int
    memory: Memory
    episodes: Episodes

    @classmethod
    def start(cls) -> "Checkpoint":
        """Return where every store begins."""
        return cls(0, Memory.empty(), Episodes.none())

    @property
    def is_kept(self) -> bool:
        """Whether it is one of those to keep."""
        return self.days % EVERY_DAYS == 0

    def to_bytes(self) -> bytes:
        """Return the checkpoint as an archive of arrays, `np.savez`'s."""
        memory = {name: value for name, value in vars(self.memory).items() if name != "pace"}
        parts = {"pace": vars(self.memory.pace), "memory": memory, "episodes": vars(self.episodes)}
        content = BytesIO()
        np.savez(
            content,
            days=np.array(self.days),
            **{f"{part}.{name}": value for part, of in parts.items() for name, value in of.items()},
        )
        return content.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> "Checkpoint | None":
        """Return the checkpoint that the bytes hold; None where they are damaged."""
        parts: dict[str, dict[str, Any]] = {"days": {}, "pace": {}, "memory": {}, "episodes": {}}
        try:
            with np.load(BytesIO(content), allow_pickle=False) as archive:
                for key in archive.files:
                    part, _, name = key.partition(".")
                    array = archive[key]
                    parts[part][name] = array if array.ndim else array.item()
            return cls(
                parts["days"][""],
                Memory(pace=ShopPace(**parts["pace"]), **parts["memory"]),
                Episodes(**parts["episodes"]),
            )
        except (ValueError, TypeError, KeyError, EOFError, OSError, zipfile.BadZipFile):
            return None


@cache
def model_version() -> str:
    """Return what changes with every change of the model: of its code, or of the arithmetic below.

    A checkpoint goes on with the days of the same model only.
    """
    digest = hashlib.sha256(f"{np.__version__} {scipy.__version__}".encode())
    for path in sorted(files(__package__).iterdir(), key=lambda path: path.name):
        if path.name.endswith(".py"):
            digest.update(path.read_bytes())
    return digest.hexdigest()
