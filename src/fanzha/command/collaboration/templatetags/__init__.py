"""Template tags of collaboration."""
