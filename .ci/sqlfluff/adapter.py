"""What the linter sees of macros that are dispatched by engine: those of the dialect that it reads.

`BWP_LINT_ENGINE=spark`, with `--dialect sparksql`, has the models read as Spark gets them.
"""

import os
from collections.abc import Callable

from jinja2 import pass_context
from jinja2.runtime import Context, Undefined


@pass_context
def dispatch(context: Context, name: str, package: str) -> Callable[..., object]:
    """The engine's macro; where the linter has none, an expression of the macro's arguments."""
    for engine in (os.environ.get("BWP_LINT_ENGINE", "duckdb"), "default"):
        macro = context.resolve(f"{engine}__{name}")
        if not isinstance(macro, Undefined):
            return macro
    return lambda *arguments: f"{package}.{name}({', '.join(map(str, arguments))})"
