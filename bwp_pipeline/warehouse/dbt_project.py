"""The dbt project as a run needs it: where it is, its hash, its parsed manifest.

Belongs here: finding and parsing the project. Does not belong here: running it, or its SQL.
"""

import hashlib
import os
import subprocess
import sys
from importlib.resources import files as package_files
from pathlib import Path


def dbt_project_dir() -> Path:
    """Where the dbt project is: inside an installed package, beside it in a checkout."""
    package = Path(str(package_files("bwp_pipeline")))
    inside = package / "dbt_project"
    return inside if inside.is_dir() else package.parent / "dbt_project"


def manifest_path(cache_dir: Path) -> Path:
    """The project's parsed manifest; parsed when no cached one has the project's content hash.

    Its directory also holds dbt's partial parse, which makes dbt itself start faster.

    Raises:
        RuntimeError: When dbt can't parse the project, with dbt's words.
    """
    target = cache_dir / project_hash()
    manifest = target / "manifest.json"
    if not manifest.exists():
        target.mkdir(parents=True, exist_ok=True)
        _parse(target)
    return manifest


def _parse(target: Path) -> None:
    project = str(dbt_project_dir())
    done = subprocess.run(  # noqa: S603 -- this very interpreter's dbt, with own arguments
        [
            *(sys.executable, "-m", "dbt.cli.main", "parse"),
            *("--project-dir", project, "--profiles-dir", project),
            *("--target-path", str(target), "--log-path", str(target)),
        ],
        env={"BWP_WAREHOUSE_PATH": str(target / "parse.duckdb"), **os.environ},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"dbt can't parse {project}: {done.stdout}{done.stderr}")


def project_hash() -> str:
    """A hash of every file that dbt reads, 16 hexadecimal digits."""
    project = dbt_project_dir()
    digest = hashlib.sha256()
    for path in sorted(project.rglob("*")):
        if path.suffix in {".sql", ".yml", ".csv", ".md"} and "target" not in path.parts:
            digest.update(f"{path.relative_to(project).as_posix()}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
