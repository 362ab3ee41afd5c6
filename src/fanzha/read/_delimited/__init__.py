"""Delimited text: layout detection, parsing of chunks, record numbers."""
