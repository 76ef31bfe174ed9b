"""What the linter sees of macros that are dispatched by engine: an expression of their arguments."""

from collections.abc import Callable


def dispatch(name: str, package: str) -> Callable[..., str]:
    """A call of the macro's name."""
    return lambda *arguments: f"{name}({', '.join(str(argument) for argument in arguments)})"
