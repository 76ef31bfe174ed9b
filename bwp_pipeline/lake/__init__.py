"""The bronze layer: what archive and API said, in Parquet files that are written whole.

Belongs here: where files lie, their columns and sums, reading and writing them while others do,
what goes from them for good. Does not belong here: where rows come from (`archive/`, `api/`), what
they mean (`dbt_project/`), or which places there are (`storage.py`).
"""

from bwp_pipeline.lake.files import LakeFile, missing_days
from bwp_pipeline.lake.lake import BATCH_TABLES, DAMAGED, Lake
from bwp_pipeline.lake.tables import SCHEMAS

__all__ = ["BATCH_TABLES", "DAMAGED", "SCHEMAS", "Lake", "LakeFile", "missing_days"]
