"""Tables of the watch of new sites."""
