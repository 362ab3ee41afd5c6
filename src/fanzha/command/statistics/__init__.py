"""Figures of the platform: key figures and statutory forms, computed from rows by versioned definitions."""
