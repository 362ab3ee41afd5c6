"""Propose the column map of a file nobody has described, from its headers and its values."""
