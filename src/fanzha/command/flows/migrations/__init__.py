"""Tables of running processes."""
