"""Opening the published database as it was published, whatever lies beside it.

Belongs here: how the pipeline's own readers open that file. Does not belong here: what they read.
"""

import shutil
import tempfile
from pathlib import Path

import duckdb


def open_published(path: Path) -> duckdb.DuckDBPyConnection:
    """Open it read-only, as it is now; a file that is swapped in later changes nothing.

    Somebody may have opened the file for writing, changed it and been killed: DuckDB would apply
    what they left in `bwp.duckdb.wal` to any file of that name. So the file is opened under a name
    that has nothing beside it. Where somebody holds it open for writing now, a copy is opened.

    Raises:
        duckdb.Error: When the file is missing or not a database.
    """
    if not path.exists():
        raise duckdb.IOException(f"there is no {path}")
    config: dict[str, str | bool | int | float | list[str]] = {
        # Beside the name it is opened under, which is gone at once.
        "temp_directory": str(path.with_name(".spilled"))
    }
    with _directory_beside(path) as directory:
        alone = Path(directory) / path.name
        try:
            alone.hardlink_to(path)
            return duckdb.connect(str(alone), read_only=True, config=config)
        except (OSError, duckdb.IOException):
            # Hard links are not supported here, or a writer holds a lock, which a copy is free of.
            alone.unlink(missing_ok=True)
            shutil.copyfile(path, alone)
            return duckdb.connect(str(alone), read_only=True, config=config)


def _directory_beside(path: Path) -> tempfile.TemporaryDirectory[str]:
    try:
        return tempfile.TemporaryDirectory(prefix=".reading-", dir=path.parent)
    except OSError:
        # Whoever may only read it.
        return tempfile.TemporaryDirectory(prefix="bwp-reading-")


def forget_changes(path: Path) -> None:
    """Delete what a writer of the file that had this name has left beside it."""
    path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
