"""Words of processes in templates."""
