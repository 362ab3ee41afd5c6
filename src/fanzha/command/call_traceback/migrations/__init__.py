"""Migrations of tracebacks."""
