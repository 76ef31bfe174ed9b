"""The whole way: a run from archive to report, and what all its outputs have in common."""
