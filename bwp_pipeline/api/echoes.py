"""Secrets that a server repeats, taken out of what it said.

Belongs here: the forms in which it may repeat one. Does not belong here: which secrets it was sent
(`transport.py`, `auth.py`).
"""

import json
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote, quote_plus


def without(secrets: Iterable[str], content: bytes) -> bytes:
    """What a server said, in UTF-8, with `***` in place of these secrets."""
    encoding = json.detect_encoding(content)
    if not encoding.startswith("utf-8"):
        content = content.decode(encoding, errors="replace").encode()
    for secret in secrets:
        for form in _forms(secret):
            content = content.replace(form, b"***")
    return content


@lru_cache(maxsize=64)
def _forms(secret: str) -> tuple[bytes, ...]:
    """As it is, in JSON and in a form; for most secrets these are the same."""
    in_json = json.dumps(secret)[1:-1]
    forms = {
        secret,
        in_json,
        in_json.replace("/", "\\/"),
        quote(secret, safe=""),
        quote_plus(secret),
    }
    # One that holds another goes first.
    return tuple(form.encode() for form in sorted(forms, key=len, reverse=True))
