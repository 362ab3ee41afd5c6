"""Migrations of the exchange."""
