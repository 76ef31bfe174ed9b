"""Every setting, typed, read from the environment: errors say what to do.

Belongs here: what a variable means and the stores file. Does not belong here: connecting to
anything that a setting names.
"""

from bwp_pipeline.settings.environ import SettingsError
from bwp_pipeline.settings.names import NAMES
from bwp_pipeline.settings.places import data_dir_from, run_hour_from, timezone_from
from bwp_pipeline.settings.serving import ServeSettings
from bwp_pipeline.settings.variables import API_VERSIONS, ENGINES, Settings

__all__ = [
    "API_VERSIONS",
    "ENGINES",
    "NAMES",
    "ServeSettings",
    "Settings",
    "SettingsError",
    "data_dir_from",
    "run_hour_from",
    "timezone_from",
]
