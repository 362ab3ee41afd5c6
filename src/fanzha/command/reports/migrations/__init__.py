"""Migrations of public reports."""
