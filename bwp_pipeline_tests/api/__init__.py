"""From orders that events name to snapshots in the lake."""
