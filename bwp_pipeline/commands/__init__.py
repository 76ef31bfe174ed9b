"""What `bwp` does, a module a command: thin, each starts Dagster or an ordinary function.

Belongs here: what a command does and the lines that a person reads. Does not belong here: parsing
arguments and exit codes (`cli.py`).
"""
