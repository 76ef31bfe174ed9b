"""The archive's objects: which there are, and their bytes."""
