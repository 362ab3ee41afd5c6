"""Trace a suspicious call from operator to operator until one names its customer, or why it ends."""
