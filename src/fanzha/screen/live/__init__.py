"""Live rules: count facts as they arrive, report findings, treat calls."""
