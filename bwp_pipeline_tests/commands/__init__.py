"""What a person at a terminal gets from `bwp`."""
