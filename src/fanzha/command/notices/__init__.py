"""Notices of limits that reach the person and are proven, and the person's own door to appeal (ATF Art. 32)."""
