"""Archive days into the lake: what is read, in which batches, by which process."""
