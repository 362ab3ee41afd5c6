"""Words of subjects for templates."""
