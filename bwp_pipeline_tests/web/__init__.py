"""`bwp serve`."""
