"""Propose a column map for a source without one, from headers and values."""
