"""From an object's bytes to its text or rows, whatever it is compressed with."""
