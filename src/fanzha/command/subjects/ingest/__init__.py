"""Ingestion of findings: files are read in batches, validated and written to the database."""
