"""Campaigns: findings that belong together, as one thing to work on; the queue shows these and not a million calls."""
