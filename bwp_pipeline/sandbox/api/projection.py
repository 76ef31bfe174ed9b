"""A GraphQL document turned into a function that cuts an answer out of a finished object.

Parsing, validation and coercion of variables are graphql-core's; only the walk over the selected
fields is done here, because its general executor needs milliseconds for an order. It holds for
objects whose fields are all there already, without interfaces, unions or resolvers below the root.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from graphql import (
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)

Project = Callable[[Any], Any]
Fragments = Mapping[str, FragmentDefinitionNode]
Variables = Mapping[str, Any]


def fields_of(
    selections: SelectionSetNode, fragments: Fragments, variables: Variables
) -> Iterator[FieldNode]:
    """The fields that a selection set comes to, fragments opened, skipped ones left out."""
    for node in selections.selections:
        if any(_leaves_out(directive, variables) for directive in node.directives or ()):
            continue
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, FragmentSpreadNode):
            inner = fragments[node.name.value].selection_set
            yield from fields_of(inner, fragments, variables)
        else:
            yield from fields_of(node.selection_set, fragments, variables)  # type: ignore[attr-defined]


def compile_selection(
    parent: GraphQLObjectType, nodes: list[FieldNode], fragments: Fragments, variables: Variables
) -> Project:
    """A function from an object of type `parent` to what the fields' selections take of it.

    `nodes` are all the fields that share one response name, so that their selections merge.
    """
    chosen: dict[str, list[FieldNode]] = {}
    for node in nodes:
        if node.selection_set:
            for field in fields_of(node.selection_set, fragments, variables):
                name = field.alias.value if field.alias else field.name.value
                chosen.setdefault(name, []).append(field)
    steps: list[tuple[str, str, Project | None]] = []
    for name, fields in chosen.items():
        source = fields[0].name.value
        inner: Project | None = None
        if source == "__typename":
            inner = _constant(parent.name)
        else:
            kind = get_named_type(parent.fields[source].type)
            if isinstance(kind, GraphQLObjectType):
                inner = compile_selection(kind, fields, fragments, variables)
        steps.append((name, source, inner))

    def project(value: Any) -> Any:  # noqa: ANN401 - JSON
        if value is None:
            return None
        if isinstance(value, list):
            return [project(item) for item in value]
        return {
            name: value.get(source) if inner is None else inner(value.get(source))
            for name, source, inner in steps
        }

    return project


def _constant(known: str) -> Project:
    return lambda _: known


def _leaves_out(directive: DirectiveNode, variables: Variables) -> bool:
    """Whether a directive `@skip` or `@include` takes its field out."""
    value = directive.arguments[0].value if directive.arguments else None
    given = variables.get(value.name.value) if isinstance(value, VariableNode) else None
    wanted = bool(given) if isinstance(value, VariableNode) else getattr(value, "value", False)
    return wanted if directive.name.value == "skip" else not wanted
