"""Identity checks: one file each."""
