"""Backtests: run rules over history before they act on anybody."""
