"""The settings of `bwp serve`: the few that it needs, none of which opens the archive or the API.

Belongs here: what the machine that serves the page must know. Does not belong here: settings of the
daily run (`variables.py`).
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from bwp_pipeline.settings.environ import Environ, SettingsError
from bwp_pipeline.settings.places import data_dir_from, locale_from, published_path


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeSettings:
    """The settings of one live page; `credentials` is `user:password`, None where it asks none."""

    data_dir: Path
    locale: str
    credentials: SecretStr | None

    @property
    def published_path(self) -> Path:
        """The database that it shows."""
        return published_path(self.data_dir)

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None) -> "ServeSettings":
        """Read and check them.

        Args:
            environ: Variables by name; the process's own when None.

        Raises:
            SettingsError: At the first variable that is impossible.
        """
        env = Environ(os.environ if environ is None else environ)
        return cls(
            data_dir=data_dir_from(env.variables),
            locale=locale_from(env.variables),
            credentials=_credentials(env),
        )


def _credentials(env: Environ) -> SecretStr | None:
    value = env.text("BWP_SERVE_AUTH")
    if value is None:
        return None
    user, separator, password = value.partition(":")
    if not (user and separator and password):
        # It may hold a password, so it is not shown.
        raise SettingsError(
            "BWP_SERVE_AUTH", "must be a user and a password", "ann:a-long-password"
        )
    return SecretStr(value)
