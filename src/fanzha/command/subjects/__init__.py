"""Subjects with their findings, opinions, verdicts and police cases, and the ingestion of findings."""
