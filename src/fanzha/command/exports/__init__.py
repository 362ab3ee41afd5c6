"""What leaves the platform or is shown in full: exports with a purpose, single values, all on record."""
