"""The append-only, verifiable audit log in the database. Personal values are encrypted per person and can be erased."""
