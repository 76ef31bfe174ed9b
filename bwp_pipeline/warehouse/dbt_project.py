"""The dbt project as a run needs it: where it is, its hash, and dbt's parse of it.

Belongs here: finding and parsing the project. Does not belong here: running it (`dbt_run.py`), or
its SQL. dbt is imported where it is used, because that takes seconds.
"""

import contextlib
import hashlib
import json
import sys
import warnings
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files as package_files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

    from bwp_pipeline.warehouse.column_lineage import ColumnLineage


_PREFIX = "project-"

PRIVATE = "staging"
"""The schema of what only serves to build the tables that analysts see."""


@dataclass(frozen=True, slots=True)
class ParsedProject:
    """A directory with what dbt made of the project.

    `manifest.json` is dbt's artifact, from which Dagster makes assets. `manifest.msgpack` is the
    same for dbt itself, which then need not parse. `dbt` says which dbt made them, and
    `lineage.json` what columns are made of. `target` is one of the profile's: each has macros of
    its own.
    """

    directory: Path
    target: str = "duckdb"

    @property
    def hash(self) -> str:
        """The project's, 16 hexadecimal digits."""
        return self.directory.name.removeprefix(_PREFIX)

    @property
    def manifest_json(self) -> Path:
        """What Dagster reads."""
        return self.directory / "manifest.json"

    def lineage(self) -> "ColumnLineage":
        """What the columns of each model are made of."""
        found: ColumnLineage = json.loads((self.directory / "lineage.json").read_bytes())
        return found

    def manifest(self) -> "Manifest | None":
        """What dbt runs from; None if another version of dbt made it, with its own macros in it."""
        if (self.directory / "dbt").read_text() != _dbt_versions(self.target):
            return None
        from dbt.contracts.graph.manifest import Manifest  # noqa: PLC0415 -- slow
        from dbt.contracts.graph.nodes import SeedNode  # noqa: PLC0415
        from dbt.parser.manifest import extended_mashumuro_decoder  # noqa: PLC0415

        packed = (self.directory / "manifest.msgpack").read_bytes()
        manifest = Manifest.from_msgpack(packed, decoder=extended_mashumuro_decoder)
        for node in manifest.nodes.values():
            if isinstance(node, SeedNode):
                node.root_path = str(dbt_project_dir())
        manifest.build_flat_graph()  # type: ignore[no-untyped-call]
        return manifest


def dbt_project_dir() -> Path:
    """Where the dbt project is: inside an installed package, beside it in a checkout."""
    package = Path(str(package_files("bwp_pipeline")))
    inside = package / "dbt_project"
    return inside if inside.is_dir() else package.parent / "dbt_project"


def parsed_project(target: str = "duckdb", directory: Path | None = None) -> ParsedProject:
    """What dbt made of the project as it is now, for one of the profile's targets.

    It lies under the project's hash, and is made again when the SQL has changed. A wheel contains
    it for DuckDB, in `dbt_project/target`; where the wheel is installed, nothing can be added.

    Args:
        target: Which.
        directory: Where it lies, in place of `dbt_project/target`.

    Raises:
        RuntimeError: When dbt can't parse the project, with dbt's words.
    """
    directory = directory or dbt_project_dir() / "target"
    of_target = "" if target == "duckdb" else f"{target}-"
    parsed = directory / f"{_PREFIX}{of_target}{project_hash()}"
    if not parsed.exists():
        directory.mkdir(parents=True, exist_ok=True)
        _parse(parsed, target)
    return ParsedProject(parsed, target)


def _parse(parsed: Path, target: str) -> None:
    with TemporaryDirectory(dir=parsed.parent, prefix="parsing-") as name:
        manifest = _manifest_of_project(Path(name) / "target", target)
        fresh = Path(name) / parsed.name
        fresh.mkdir()
        _write(manifest, fresh, target)
        if target == "duckdb":
            # It adds to the manifest, which is written by now.
            _write_lineage(manifest, fresh, Path(name))
        # Another process may have been quicker: its result is the same.
        with contextlib.suppress(OSError):
            fresh.rename(parsed)


def _manifest_of_project(output: Path, target: str) -> "Manifest":
    with warnings.catch_warnings():
        # dbt's own dependencies warn when they are imported.
        warnings.simplefilter("ignore")
        from dbt.cli.main import dbtRunner  # noqa: PLC0415 -- slow
        from dbt.contracts.graph.manifest import Manifest  # noqa: PLC0415

        project = str(dbt_project_dir())
        done = dbtRunner().invoke(
            [
                *("--quiet", "--no-use-colors", "--log-level-file", "none", "parse"),
                *("--project-dir", project, "--profiles-dir", project),
                *("--target-path", str(output), "--log-path", str(output), "--target", target),
                *("--no-partial-parse", "--no-write-json"),
            ]
        )
    if isinstance(done.result, Manifest):
        return done.result
    raise RuntimeError(f"dbt can't parse {project}: {done.exception}")


def _write(manifest: "Manifest", directory: Path, target: str) -> None:
    from dbt.contracts.graph.nodes import SeedNode  # noqa: PLC0415 -- slow
    from dbt.parser.manifest import extended_mashumaro_encoder  # noqa: PLC0415

    # Paths on this machine mean nothing to a wheel's user.
    manifest.files.clear()
    manifest.flat_graph.clear()
    for node in manifest.nodes.values():
        if isinstance(node, SeedNode):
            node.root_path = None
    manifest.write(str(directory / "manifest.json"))  # type: ignore[no-untyped-call]
    packed = manifest.to_msgpack(extended_mashumaro_encoder)
    (directory / "manifest.msgpack").write_bytes(packed)
    (directory / "dbt").write_text(_dbt_versions(target))


def _write_lineage(manifest: "Manifest", directory: Path, scratch: Path) -> None:
    with warnings.catch_warnings():
        # Of a package that sqlglot loads.
        warnings.simplefilter("ignore")
        from bwp_pipeline.warehouse.column_lineage import column_lineage  # noqa: PLC0415 -- slow

        found = column_lineage(manifest, dbt_project_dir(), scratch, through=PRIVATE)
    (directory / "lineage.json").write_text(json.dumps(found))


def _dbt_versions(target: str) -> str:
    return " ".join(version(package) for package in ("dbt-core", f"dbt-{target}"))


def project_hash() -> str:
    """A hash of every file that dbt reads, 16 hexadecimal digits; a wheel's is its checkout's."""
    project = dbt_project_dir()
    digest = hashlib.sha256()
    for path in sorted(project.rglob("*")):
        within = path.relative_to(project).parts
        # The hook that builds the wheel lies beside dbt's files, and isn't in the wheel.
        is_read = within[0] not in {"target", "wheel_hook.py"}
        if is_read and path.suffix in {".sql", ".py", ".yml", ".csv", ".md"}:
            digest.update(f"{path.relative_to(project).as_posix()}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


if __name__ == "__main__":
    sys.stdout.write(f"{parsed_project().directory}\n")
