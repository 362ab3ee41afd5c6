"""Tables of the foreign gate."""
