"""What the linter sees of macros that are dispatched by engine: a call of the macro's name."""

from collections.abc import Callable


def dispatch(name: str, package: str) -> Callable[..., str]:
    """An expression of the macro's arguments."""
    return lambda *arguments: f"{package}.{name}({', '.join(map(str, arguments))})"
