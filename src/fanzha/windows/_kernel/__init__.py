"""The compiled part of windows: keys, entries and aggregates of one family in flat int64 arrays."""
