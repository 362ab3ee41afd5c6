"""The state folder: settings, rule texts, lists, spool, snapshot files, keys (I/O)."""
