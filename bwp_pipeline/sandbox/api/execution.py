"""Runs a GraphQL query: checked against its version's schema, resolved, cut to its selection.

The schemas lie in `schemas/`, one file a version. HTTP and tokens are the server's.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import TypeVar

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    get_named_type,
    parse,
    validate,
)
from graphql.execution.values import get_argument_values, get_variable_values

from bwp_pipeline.sandbox.api.projection import Fragments, Project, compile_selection, fields_of
from bwp_pipeline.sandbox.api.resolvers import ApiError, Caller, invalid, resolve
from bwp_pipeline.sandbox.api.values import VERSIONS, Json

Definition = TypeVar("Definition", OperationDefinitionNode, FragmentDefinitionNode)


@dataclass(slots=True)
class Answer:
    """A response body, the orders whose data it holds, and the errors' statuses."""

    body: Json
    order_ids: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RootField:
    """A field below `query`: the name that it is answered under and how to cut it out."""

    name: str
    node: FieldNode
    definition: GraphQLField
    project: Project


@dataclass(frozen=True, slots=True)
class Checked:
    """A document that is parsed and held against the schema."""

    operation: OperationDefinitionNode | None
    fragments: Fragments
    mistakes: tuple[str, ...]


def execute(caller: Caller, query: str, variables: Json) -> Answer:
    """The answer to a query: `data` and `errors`, as GraphQL has them."""
    if caller.version not in VERSIONS:
        return _refused(invalid(f"Unknown x-api-version {caller.version!r}."))
    checked = _check(caller.version, query)
    if checked.operation is None:
        return _refused(*(invalid(mistake) for mistake in checked.mistakes))
    definitions = checked.operation.variable_definitions or ()
    values = get_variable_values(schema(caller.version), definitions, variables)
    if isinstance(values, list):
        return _refused(*(invalid(mistake.message) for mistake in values))
    flags = tuple(sorted((k, v) for k, v in values.items() if isinstance(v, bool)))
    roots = _root_fields(caller.version, query, flags)
    if 0 < caller.faults.max_batch < len(roots):
        return _refused(invalid(f"At most {caller.faults.max_batch} fields a request."))
    return _answer(caller, roots, values)


@lru_cache
def schema(version: str) -> GraphQLSchema:
    """The schema of that API version."""
    file = resources.files(__package__) / "schemas" / f"{version}.graphql"
    return build_schema(file.read_text("utf-8"))


def _answer(caller: Caller, roots: list[RootField], values: Json) -> Answer:
    data: Json = {}
    answer = Answer({"data": data})
    errors: list[Json] = []
    for root in roots:
        try:
            arguments = get_argument_values(root.definition, root.node, values)
            found = resolve(caller, root.node.name.value, arguments)
        except ApiError as error:
            if error.spoils_all:
                return _refused(error)
            data[root.name] = None
            errors.append(error.as_json([root.name]))
            answer.statuses.append(error.status)
            continue
        data[root.name] = root.project(found)
        if found is not None and root.node.name.value == "order":
            answer.order_ids.append(found["id"])
    if errors:
        answer.body = {"errors": errors, "data": data}
    return answer


def _refused(*errors: ApiError) -> Answer:
    body = {"errors": [error.as_json() for error in errors], "data": None}
    return Answer(body, statuses=[error.status for error in errors])


@lru_cache(maxsize=256)
def _check(version: str, query: str) -> Checked:
    try:
        document = parse(query)
    except GraphQLError as mistake:
        return Checked(None, {}, (mistake.message,))
    mistakes = [mistake.message for mistake in validate(schema(version), document)]
    operations = _only(document, OperationDefinitionNode)
    if len(operations) != 1:
        mistakes.append("Send one operation.")
    fragments = {d.name.value: d for d in _only(document, FragmentDefinitionNode)}
    return Checked(None if mistakes else operations[0], fragments, tuple(mistakes))


def _only(document: DocumentNode, kind: type[Definition]) -> list[Definition]:
    return [node for node in document.definitions if isinstance(node, kind)]


@lru_cache(maxsize=256)
def _root_fields(version: str, query: str, flags: tuple[tuple[str, bool], ...]) -> list[RootField]:
    checked = _check(version, query)
    query_type = schema(version).query_type
    if checked.operation is None or query_type is None:
        return []
    roots = []
    for node in fields_of(checked.operation.selection_set, checked.fragments, dict(flags)):
        definition = query_type.fields.get(node.name.value)
        kind = get_named_type(definition.type) if definition else None
        if definition and isinstance(kind, GraphQLObjectType):
            project = compile_selection(kind, [node], checked.fragments, dict(flags))
            name = node.alias.value if node.alias else node.name.value
            roots.append(RootField(name, node, definition, project))
    return roots
