"""Checking a tree: what names mean, what expressions are, which go together."""
