"""Migrations of the inventory of hosted sites."""
