"""Migrations of education."""
