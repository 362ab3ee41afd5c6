"""Formats of dates in Chinese."""
