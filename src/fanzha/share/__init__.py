"""Exchanges with others: one file each."""
