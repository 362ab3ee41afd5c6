"""Tables of number tags."""
