"""The lake: files written whole, by one or by many at once, damaged, compacted, erased."""
