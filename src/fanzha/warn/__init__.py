"""Warning channels: one file each."""
