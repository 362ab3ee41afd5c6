"""The append-only log in the database: what was done by whom, provable to anyone, with persons who can be erased."""
