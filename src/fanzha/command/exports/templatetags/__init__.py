"""Template tags that show masked values."""
