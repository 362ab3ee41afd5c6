"""Checks that a process must pass before it may run."""
