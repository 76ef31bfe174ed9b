"""Runs that take too long for every change: each is a command with a make target."""
