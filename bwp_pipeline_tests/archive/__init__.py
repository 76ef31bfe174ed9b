"""From archived objects to events in the lake."""
