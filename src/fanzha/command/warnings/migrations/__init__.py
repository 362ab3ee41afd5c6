"""Tables of number signals."""
