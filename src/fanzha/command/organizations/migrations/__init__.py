"""Tables of organisations and people."""
