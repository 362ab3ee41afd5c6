"""Bulk SQL helpers, faster than Django's ORM."""
