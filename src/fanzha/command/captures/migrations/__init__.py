"""Migrations of looks at pages."""
