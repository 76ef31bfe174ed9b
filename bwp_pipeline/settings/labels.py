"""What Dagster's UI says about who and what stands behind an asset.

Belongs here: those variables, which are read when Dagster loads the pipeline. Does not belong here:
the assets.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bwp_pipeline.settings.environ import Environ, SettingsError

_OWNER = re.compile(
    r"team:[A-Za-z0-9_]+|[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,7}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """Owners of every asset, and the address under which the checkout's files can be read."""

    owners: tuple[str, ...] = ()
    source_url: str | None = None


def labels_from(environ: Mapping[str, str]) -> Labels:
    """`BWP_OWNERS` and `BWP_SOURCE_URL`.

    Raises:
        SettingsError: When an owner is neither an address nor a team, or the URL is none.
    """
    env = Environ(environ)
    owners = tuple(filter(None, map(str.strip, (env.text("BWP_OWNERS") or "").split(","))))
    if not all(map(_OWNER.fullmatch, owners)):
        raise SettingsError(
            "BWP_OWNERS",
            "must be e-mail addresses and teams, separated by commas",
            "team:data, ann@example.com",
        )
    example = "https://git.example.com/shop/bwp-pipeline/blob/v0.1.0/"
    source = env.optional_url("BWP_SOURCE_URL", ("https", "http"), example)
    return Labels(owners=owners, source_url=f"{source.rstrip('/')}/" if source else None)
