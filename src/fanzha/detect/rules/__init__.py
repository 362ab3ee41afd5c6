"""Runtime of rule detectors: shared session, subjects of firings, governance, reasons and evidence."""
