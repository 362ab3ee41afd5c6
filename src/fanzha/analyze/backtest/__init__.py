"""Backtests: rules run over history, before anybody is hit by them."""
