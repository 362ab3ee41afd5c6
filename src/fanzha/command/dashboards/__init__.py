"""Dashboards: the start page of each role."""
