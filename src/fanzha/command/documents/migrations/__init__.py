"""Tables of numbered documents."""
