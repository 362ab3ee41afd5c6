"""Template tags available in all templates."""
