"""Checks of caller numbers by ingress: reason codes, assessment of batches, and daily tallies."""
