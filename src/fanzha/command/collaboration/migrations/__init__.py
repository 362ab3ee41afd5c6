"""Tables of collaboration."""
