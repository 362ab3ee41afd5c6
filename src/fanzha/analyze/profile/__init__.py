"""Profiles of subscribers made from calls and texts: what windows of 30 days hold of each, as of their end."""
