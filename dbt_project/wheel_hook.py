# ruff: noqa: INP001 -- hatch loads it by its path
"""Puts the parsed dbt project into the wheel, so that no installation has to parse it.

Belongs here: what hatch asks while it builds. Does not belong here: parsing, which the package
does for a checkout too (`bwp_pipeline/warehouse/dbt_project.py`).
"""

import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WheelHook(BuildHookInterface[Any]):
    """Parses the project of the source tree that is being built."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Parse where that has not been done, and include the result."""
        sys.path.insert(0, self.root)
        from bwp_pipeline.warehouse.dbt_project import parsed_project  # noqa: PLC0415

        parsed = parsed_project().directory
        # An editable installation finds it where it is.
        if version != "editable":
            place = f"bwp_pipeline/dbt_project/target/{parsed.name}"
            build_data["force_include"][str(parsed)] = place
