"""The window kernel; key families, ring, window columns."""
