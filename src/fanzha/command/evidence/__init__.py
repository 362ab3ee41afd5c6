"""Pages, API and evidence packs of the audit log, for those who may read it."""
