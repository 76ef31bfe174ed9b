"""Typed access to environment variables, and the one line that an impossible value gets.

Belongs here: kinds of values and what is wrong with one. Does not belong here: which variables
there are (`variables.py`), or what makes a URL valid (`urls.py`).
"""

import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TypeVar

from pydantic import SecretStr

from bwp_pipeline.settings.urls import is_place, is_secret_url

_Number = TypeVar("_Number", int, float)
_SIZE = re.compile(r"([1-9][0-9]{0,5})(MB|GB)")
_LEAST_MEGABYTES = 200
_SHOWN = 80
_AFTER = {"s3": "a bucket of 3 to 255 characters", "file": "a path that begins with /"}
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
        """A URL of one of the schemes, without user and password; else the default."""
        value = self.text(name) or default or self.required(name, example)
        if not is_place(value, schemes):
            forms = ", or ".join(
                f"{scheme}:// and {_AFTER.get(scheme, 'a host')}" for scheme in schemes
            )
            raise SettingsError(
                name,
                f"must be a URL of {forms}, without user, password or #{_shown(value)}",
                example,
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
        if not is_secret_url(value, schemes):
            # The value may hold a password, so no part of it is shown.
            raise SettingsError(
                name,
                f"must be a URL that starts with {schemes[0]}://, with a port up to 65535 if any;"
                " within a password, write # / ? @ : % as %23 %2F %3F %40 %3A %25",
                example,
            )
        return SecretStr(value)

    def layout(self, name: str, default: str) -> str:
        """A strftime pattern that tells days apart and no hours, or empty."""
        # Unlike the others, this one means something when it is empty.
        value = self.variables.get(name, default)
        if not value:
            return value
        days = (date(2001, 2, 3), date(2001, 2, 4), date(2001, 3, 3), date(2002, 2, 3))
        try:
            told = {day.strftime(value) for day in days}
            has_hours = datetime(2001, 2, 3, 16, 17, 18).strftime(value) not in told  # noqa: DTZ001 -- no zone is asked
        except ValueError:
            told, has_hours = set(), False
        if len(told) < len(days):
            raise SettingsError(
                name, f"must give each day a different prefix{_shown(value)}", "%Y/%m/%d/"
            )
        if has_hours:
            raise SettingsError(name, f"must name days, not hours{_shown(value)}", "%Y/%m/%d/")
        return value

    def one_of(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        """One of a few words."""
        value = self.text(name) or default
        if value not in allowed:
            raise SettingsError(
                name, f"must be one of {', '.join(allowed)}{_shown(value)}", default
            )
        return value

    def size(self, name: str) -> str | None:
        """A size such as 4GB, of at least 200MB, or None where unset."""
        value = self.text(name)
        if value is None:
            return None
        match = _SIZE.fullmatch(value)
        megabytes = int(match[1]) * (1000 if match[2] == "GB" else 1) if match else 0
        if megabytes < _LEAST_MEGABYTES:
            raise SettingsError(
                name, f"must be a number with MB or GB, at least 200MB{_shown(value)}", "4GB"
            )
        return value

    def number(self, name: str, default: float, *, most: float) -> float:
        """A number above 0."""
        return self._converted(
            name,
            default,
            float,
            f"a number above 0 and up to {most:,.0f}",
            lambda n: math.isfinite(n) and 0 < n <= most,
        )

    def whole(self, name: str, default: int, *, least: int, most: int) -> int:
        """A whole number from `least` to `most`."""
        return self._converted(
            name,
            default,
            int,
            f"a whole number from {least} to {most:,}",
            lambda n: least <= n <= most,
        )

    def optional_whole(self, name: str, *, least: int, most: int) -> int | None:
        """As `whole`; None where it is not set."""
        return None if self.text(name) is None else self.whole(name, least, least=least, most=most)

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
        raise SettingsError(name, f"must be {kind}{_shown(value)}", f"{default:g}")

    def headers(self, name: str) -> dict[str, str]:
        """HTTP headers, as a JSON object."""
        example = '\'{"X-Omni-TargetId": "{target_id}"}\''
        try:
            parsed = json.loads(self.text(name) or "{}")
        except (ValueError, RecursionError):
            # The value may hold an access key, so it is not shown.
            raise SettingsError(name, "is not JSON", example) from None
        if not isinstance(parsed, dict) or not all(
            isinstance(value, str)
            and value.isascii()
            and value.isprintable()
            and _HEADER_NAME.fullmatch(key)
            for key, value in parsed.items()
        ):
            raise SettingsError(
                name, "must be a JSON object of header names and texts in ASCII", example
            )
        return parsed


def _shown(value: str) -> str:
    """The value, cut short; nothing where it may hold a password."""
    return "" if "@" in value else f": {value[:_SHOWN]!r}"
