"""The layout of snapshots: sections of a file, hash tables over integers, profiles; bytes and arrays, no file."""
