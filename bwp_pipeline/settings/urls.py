"""What makes a URL usable for the pipeline.

Belongs here: judging URLs and paths. Does not belong here: opening what they name.
"""

import re
from urllib.parse import SplitResult, urlsplit

_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]")

# DuckDB and dbt take these in a path for a pattern, a quotation or the end of the path.
ODD_IN_PATHS = frozenset("*?[]'\"#\\")


def is_place(value: str, schemes: tuple[str, ...]) -> bool:
    """Whether it is a URL of one of the schemes, without user, password or fragment.

    Buckets and directories have no query either.
    """
    parts = _parts(value)
    if parts is None or parts.scheme not in schemes or "@" in parts.netloc or parts.fragment:
        return False
    if parts.scheme == "file":
        return parts.path.startswith("/") and not parts.netloc and not parts.query
    if parts.scheme == "s3":
        return bool(_BUCKET.fullmatch(parts.netloc)) and not parts.query
    return bool(parts.hostname)


def is_secret_url(value: str, schemes: tuple[str, ...]) -> bool:
    """Whether it is a URL of one of the schemes with a host; mail servers have no path."""
    parts = _parts(value)
    if parts is None or parts.scheme not in schemes or not parts.hostname or parts.fragment:
        return False
    return not parts.scheme.startswith("smtp") or not (parts.path.strip("/") or parts.query)


def is_plain(path: str) -> bool:
    """Whether every tool that a run hands the path to takes it for what it is."""
    return path.isprintable() and not ODD_IN_PATHS.intersection(path)


def _parts(value: str) -> SplitResult | None:
    if not value.isprintable() or (" " in value and not value.startswith("file:")):
        return None
    try:
        parts = urlsplit(value)
        # Reading the port is what checks it.
        has_port_zero = parts.port == 0
    except ValueError:
        # Its text quotes the value.
        return None
    return None if has_port_zero else parts
