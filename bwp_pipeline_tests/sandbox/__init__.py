"""The made-up store and its faults."""
