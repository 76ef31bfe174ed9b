"""Typed access to environment variables, and the one line that an impossible value gets.

Belongs here: kinds of values and what is wrong with one. Does not belong here: which variables
there are (`variables.py`).
"""

import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar
from urllib.parse import urlsplit

from pydantic import SecretStr

_Number = TypeVar("_Number", int, float)
_SIZE = re.compile(r"[1-9]\d{0,5}(MB|GB)")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class SettingsError(ValueError):
    """A setting is missing or impossible; the text is one line that says what to do."""

    def __init__(self, variable: str, wrong: str, example: str) -> None:
        super().__init__(f"{variable} {wrong}. Example: {variable}={example}")
        self.variable = variable


class Environ:
    """Typed access to variables; an empty value counts as unset."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.variables = variables

    def text(self, name: str) -> str | None:
        """The value without blanks around it, None where unset."""
        return self.variables.get(name, "").strip() or None

    def required(self, name: str, example: str) -> str:
        """A value that must be there."""
        value = self.text(name)
        if value is None:
            raise SettingsError(name, "is not set", example)
        return value

    def url(
        self, name: str, schemes: tuple[str, ...], example: str, default: str | None = None
    ) -> str:
        """A URL of one of the schemes, else the default."""
        value = self.text(name) or default or self.required(name, example)
        parts = urlsplit(value)
        is_directory = parts.path.startswith("/") and not parts.netloc
        located = is_directory if parts.scheme == "file" else bool(parts.netloc)
        if parts.scheme not in schemes or not located:
            allowed = " or ".join(f"{scheme}://" for scheme in schemes)
            raise SettingsError(
                name, f"must be a URL that starts with {allowed}: {value!r}", example
            )
        return value

    def optional_url(self, name: str, schemes: tuple[str, ...], example: str) -> str | None:
        """A URL, or None where unset."""
        return None if self.text(name) is None else self.url(name, schemes, example)

    def secret_url(self, name: str, schemes: tuple[str, ...], example: str) -> SecretStr | None:
        """A URL that may hold a password."""
        value = self.text(name)
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in schemes or not parts.hostname:
            # The value may hold a password: it is not repeated.
            raise SettingsError(name, f"must be a URL that starts with {schemes[0]}://", example)
        return SecretStr(value)

    def layout(self, name: str, default: str) -> str:
        """A strftime pattern that tells days apart, or empty."""
        # Unlike the others, this one means something when it is empty.
        value = self.variables.get(name, default)
        if value and date(2001, 2, 3).strftime(value) == date(2001, 2, 4).strftime(value):
            raise SettingsError(name, f"must tell one day from another: {value!r}", "%Y/%m/%d/")
        return value

    def one_of(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        """One of a few words."""
        value = self.text(name) or default
        if value not in allowed:
            raise SettingsError(name, f"must be one of {', '.join(allowed)}: {value!r}", default)
        return value

    def size(self, name: str) -> str | None:
        """A size such as 4GB, or None where unset."""
        value = self.text(name)
        if value is not None and not _SIZE.fullmatch(value):
            raise SettingsError(name, f"must be a number with MB or GB: {value!r}", "4GB")
        return value

    def number(self, name: str, default: float) -> float:
        """A finite number above 0."""
        return self._converted(
            name, default, float, "a number above 0", lambda n: math.isfinite(n) and n > 0
        )

    def whole(self, name: str, default: int, *, least: int) -> int:
        """A whole number of at least `least`."""
        return self._converted(
            name, default, int, f"a whole number of at least {least}", lambda n: n >= least
        )

    def _converted(
        self,
        name: str,
        default: _Number,
        convert: Callable[[str], _Number],
        kind: str,
        fits: Callable[[_Number], bool],
    ) -> _Number:
        value = self.text(name)
        if value is None:
            return default
        try:
            converted = convert(value)
        except ValueError:
            pass
        else:
            if fits(converted):
                return converted
        raise SettingsError(name, f"must be {kind}: {value!r}", f"{default:g}")

    def headers(self, name: str) -> dict[str, str]:
        """HTTP headers, as a JSON object."""
        example = '\'{"X-Omni-TargetId": "{target_id}"}\''
        try:
            parsed = json.loads(self.text(name) or "{}")
        except json.JSONDecodeError as error:
            # The value may hold an access key: it is not repeated.
            raise SettingsError(name, f"is not JSON ({error.msg})", example) from None
        if not isinstance(parsed, dict) or not all(
            isinstance(value, str) and value.isprintable() and _HEADER_NAME.fullmatch(key)
            for key, value in parsed.items()
        ):
            raise SettingsError(name, "must be a JSON object of header names and texts", example)
        return parsed
