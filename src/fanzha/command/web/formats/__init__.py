"""Formats of dates by language, in place of those of Django."""
