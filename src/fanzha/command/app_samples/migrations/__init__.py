"""Migrations of app samples."""
