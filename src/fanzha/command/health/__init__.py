"""Health of sources, screens and background jobs, by organisation."""
