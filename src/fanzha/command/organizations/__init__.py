"""Organisations, their people and roles, and who may read what: every query goes through `scoping`."""
