"""The code itself: rooms, floors, sizes, dependencies, and documents that name what is there."""
