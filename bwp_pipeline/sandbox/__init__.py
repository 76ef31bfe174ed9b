"""A local Buy with Prime: a seeded world of orders, its event archive, its token and GraphQL API.

For demonstrations and tests; no production module imports it, and it imports none of theirs.
"""

from bwp_pipeline.sandbox.api.faults import Faults, Traffic
from bwp_pipeline.sandbox.api.server import create_app, run_server
from bwp_pipeline.sandbox.archive.firehose import ArchiveCounts, write_archive
from bwp_pipeline.sandbox.command import main
from bwp_pipeline.sandbox.made_world import World

__all__ = [
    "ArchiveCounts",
    "Faults",
    "Traffic",
    "World",
    "create_app",
    "main",
    "run_server",
    "write_archive",
]
