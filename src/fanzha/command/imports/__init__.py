"""Imports of tables: numbering tables, the allowlist, and mirrors of a carrier's own systems."""
