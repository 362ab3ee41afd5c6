"""Helpers for many rows in one statement, which Django's ORM is too slow for."""
