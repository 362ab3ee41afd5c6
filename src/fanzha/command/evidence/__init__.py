"""Pages, API and evidence packs of the audit log."""
