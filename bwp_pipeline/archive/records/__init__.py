"""From text to events: where a record ends, what wraps it, what it says."""
