"""Which columns each model's columns are made of, read from the SQL that dbt compiles.

Belongs here: following columns through a query to the tables that it reads. Does not belong here:
showing it (`defs/assets/warehouse.py`). It is done once for a project, when it is parsed, so that
no run pays for it. A column that can't be followed has no entry: nothing is guessed.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from sqlglot import exp, parse_one, to_table
from sqlglot.errors import SqlglotError
from sqlglot.lineage import lineage
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import build_scope

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest
    from dbt.contracts.graph.nodes import ResultNode

ColumnLineage = Mapping[str, Mapping[str, Sequence[tuple[str, str]]]]
"""By dbt's id of a model and its column: the ids and columns of the tables that it is made of."""

DIALECT = "duckdb"


def column_lineage(
    manifest: "Manifest", project: Path, scratch: Path, *, through: str
) -> ColumnLineage:
    """Compile every model and follow its columns to those of the tables and sources it is made of.

    Args:
        manifest: The parsed project.
        through: A schema whose tables are steps between: they are followed as well.
        project: Its directory.
        scratch: Where dbt may write, a database among others.

    Raises:
        RuntimeError: When dbt can't compile the project.
    """
    from dbt.cli.main import dbtRunner  # noqa: PLC0415 -- slow

    manifest.build_flat_graph()  # type: ignore[no-untyped-call]
    warehouse = json.dumps({"warehouse_path": str(scratch / "warehouse.duckdb")})
    done = dbtRunner(manifest).invoke(
        [
            *("--quiet", "--log-level-file", "none", "compile", "--vars", warehouse),
            *("--project-dir", str(project), "--profiles-dir", str(project)),
            *("--target-path", str(scratch), "--log-path", str(scratch), "--no-write-json"),
        ]
    )
    if not done.success:
        raise RuntimeError(f"dbt can't compile {project}: {done.exception}")
    compiled = {
        result.node.unique_id: str(result.node.compiled_code)
        for result in getattr(done.result, "results", ())
        if result.node.resource_type == "model" and result.node.language == "sql"
    }
    found: dict[str, dict[str, list[tuple[str, str]]]] = {}
    columns: dict[str, list[str]] = {}
    steps = {node.unique_id for node in manifest.nodes.values() if node.schema == through}
    for node in _parents_first(manifest):
        columns[node.unique_id] = list(node.columns)
        if node.unique_id in compiled:
            parents = {
                parent.unique_id: parent
                for parent in _parents(manifest, node)
                if columns[parent.unique_id]
            }
            query = _Query(compiled[node.unique_id], parents, columns)
            columns[node.unique_id] = query.columns or columns[node.unique_id]
            origins = {
                column: [
                    origin
                    for parent, name in query.read_by(column)
                    for origin in (
                        found.get(parent, {}).get(name, []) if parent in steps else [(parent, name)]
                    )
                ]
                for column in query.columns
            }
            found[node.unique_id] = {
                column: sorted(set(made_of)) for column, made_of in origins.items() if made_of
            }
    return {unique_id: read for unique_id, read in found.items() if unique_id not in steps}


class _Query:
    """A compiled query, with every column in it named in full; without any where it can't be."""

    def __init__(
        self, sql: str, parents: Mapping[str, "ResultNode"], columns: Mapping[str, list[str]]
    ) -> None:
        self._ids: dict[str, str] = {}
        self._schema: dict[str, object] = {}
        for unique_id, parent in parents.items():
            table = to_table(str(parent.relation_name), dialect=DIALECT)
            self._ids[table.name] = unique_id
            database = cast(
                "dict[str, dict[str, object]]", self._schema.setdefault(table.catalog, {})
            )
            types = dict.fromkeys(columns[unique_id], "text")
            database.setdefault(table.db, {})[table.name] = types
        self.columns: list[str] = []
        try:
            self._tree = qualify(
                parse_one(sql, dialect=DIALECT),
                schema=self._schema,
                dialect=DIALECT,
                validate_qualify_columns=False,
            )
            self._scope = build_scope(self._tree)
            self.columns = cast("exp.Query", self._tree).named_selects
        except SqlglotError:
            return

    def read_by(self, column: str) -> list[tuple[str, str]]:
        """The columns of parents that it is made of, in order; none where it can't be followed."""
        try:
            start = lineage(
                column, self._tree, self._schema, dialect=DIALECT, scope=self._scope, copy=False
            )
        except (SqlglotError, ValueError):
            return []
        read = {
            (self._ids[node.source.name], node.name.rpartition(".")[2].strip('"'))
            for node in start.walk()
            if isinstance(node.source, exp.Table) and node.source.name in self._ids
        }
        return sorted(read)


def _parents(manifest: "Manifest", node: "ResultNode") -> Iterator["ResultNode"]:
    for unique_id in getattr(getattr(node, "depends_on", None), "nodes", ()):
        parent = manifest.nodes.get(unique_id) or manifest.sources.get(unique_id)
        if parent is not None and parent.relation_name:
            yield parent
        elif parent is not None:
            # The query of an ephemeral model is part of the node's own.
            yield from _parents(manifest, parent)


def _parents_first(manifest: "Manifest") -> Iterator["ResultNode"]:
    seen: set[str] = set()

    def visit(node: "ResultNode") -> Iterator["ResultNode"]:
        if node.unique_id not in seen:
            seen.add(node.unique_id)
            for parent in _parents(manifest, node):
                yield from visit(parent)
            yield node

    for node in manifest.nodes.values():
        if node.resource_type in {"model", "seed"}:
            yield from visit(cast("ResultNode", node))
