"""Exports of tables and unmasking of single values, each for a stated purpose and recorded in the log."""
