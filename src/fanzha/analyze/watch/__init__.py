"""Continuous detection: follow inputs, order their events, run the detectors, write each finding once."""
