"""Subscriber profiles computed from calls and texts by windows of 30 days."""
