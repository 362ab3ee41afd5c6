"""Template tags of numbered documents."""
