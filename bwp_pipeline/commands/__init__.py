"""What `bwp` does, a module a command: thin, each starts Dagster or an ordinary function.

Belongs here: a command's options and the lines that a person reads. Each module has a `main` that
takes the words after the command and returns the exit code; `cli.COMMANDS` names it. Does not
belong here: the work, which is in the rooms that a command calls.
"""
