"""Tables of the evidence log, and the triggers that keep them."""
