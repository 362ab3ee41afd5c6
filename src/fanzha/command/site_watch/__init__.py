"""Candidates of look-alike sites from certificate logs and lists of names, and the state of the logs."""
