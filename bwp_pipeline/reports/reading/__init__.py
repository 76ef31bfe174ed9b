"""What a report takes from the published database: its tables of a window, as typed rows.

Belongs here: reading, and the shapes of what is read. Does not belong here: what is counted, and
how, which is decided in the database; or what is said about it (`sections/`).
"""
