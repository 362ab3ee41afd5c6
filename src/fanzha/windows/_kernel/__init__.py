"""The compiled part of windows: keys, entries and aggregates of one family in flat arrays of 64-bit whole numbers."""
