"""Readers: one file per source format, real files and feeds to events and rejects."""
