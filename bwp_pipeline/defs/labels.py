"""What every asset carries for whoever looks at it in Dagster's UI, or answers for it.

Belongs here: owners, code version, source file, and when an asset is stale. Does not belong here:
what an asset is made of (`assets/`).
"""

from datetime import timedelta

from dagster import AssetsDefinition, AssetSpec, FreshnessPolicy, MetadataValue

from bwp_pipeline.reports.messages.outcome import LONGEST_PAUSE
from bwp_pipeline.settings.labels import Labels

FILE = "file"
"""The metadata that names an asset's source file, within the checkout."""

# A daily run that takes a while longer than the last one is not late yet. Stale is when people are
# told that no run has ended.
_FRESH = FreshnessPolicy.time_window(fail_window=LONGEST_PAUSE, warn_window=timedelta(hours=26))

# The daemon looks again and again at each asset that has a policy. The models are made in one step,
# between assets that have one.
_WATCHED = {"lake", "published"}


def labelled(assets: AssetsDefinition, labels: Labels, code_version: str) -> AssetsDefinition:
    """The assets with what the settings and the package say about them.

    Args:
        assets: As they are defined.
        labels: Owners, and where the source can be read.
        code_version: Changes when what the assets compute may have changed.
    """

    def with_labels(spec: AssetSpec) -> AssetSpec:
        file = spec.metadata.get(FILE, f"bwp_pipeline/defs/assets/{spec.key.path[-1]}.py")
        link = MetadataValue.url(f"{labels.source_url}{file}") if labels.source_url else file
        return spec.replace_attributes(
            owners=list(labels.owners),
            code_version=code_version,
            freshness_policy=_FRESH if spec.group_name in _WATCHED else None,
            metadata={**spec.metadata, FILE: link},
        )

    return assets.map_asset_specs(with_labels)
